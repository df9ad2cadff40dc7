//! Expanded code needs nothing to be in scope.
#![no_implicit_prelude]

#[derive(::std::clone::Clone)]
struct Row(u64);

// Names that the expansion might mean otherwise.
#[allow(dead_code)]
mod core {}
#[allow(dead_code)]
mod std {}
#[allow(dead_code)]
mod cached_runtime {}
#[allow(dead_code)]
struct Option;
#[allow(dead_code)]
struct Some;
#[allow(dead_code)]
struct Result;
#[allow(dead_code)]
struct Box;
#[allow(dead_code)]
struct Value;
#[allow(dead_code)]
struct Policy;

::cached_runtime::keyspace! {
    mod cells {
        one(row: u64, name: &str, at: ::core::option::Option<u8>) = "cells:<row>:<name>:<at>";
    }
}

struct Rows {
    tenant: u8,
}

impl Rows {
    #[::cached_runtime::cached(
        key = "rows:<self.tenant>:<id>",
        ttl = 300,
        none_ttl = "1m",
        jitter = "5%"
    )]
    async fn row(&self, id: u64) -> ::core::option::Option<Row> {
        ::core::option::Option::Some(Row(id))
    }

    #[::cached_runtime::cached(key = self::cells::one, ttl = 300)]
    async fn cell(&self, row: u64, name: &str, at: ::core::option::Option<u8>) -> u64 {
        let _ = (name, at);
        row
    }

    #[::cached_runtime::invalidates(cells::one(ret.0, ..), cells::one(_, "x", _))]
    #[::cached_runtime::invalidates("rows:<self.tenant>:<ret.0>")]
    async fn change(&self, id: u64) -> ::core::result::Result<Row, ::std::string::String> {
        ::core::result::Result::Ok(Row(id))
    }
}

fn by_hand(id: u64) -> (::cached_runtime::Key, ::cached_runtime::Pattern) {
    (
        ::cached_runtime::key!("rows:1:<id>"),
        ::cached_runtime::pattern!("rows:1:<id>*"),
    )
}

fn main() {
    let runtime = ::tokio::runtime::Builder::new_current_thread().build();
    let ::core::result::Result::Ok(runtime) = runtime else {
        ::std::panic!()
    };
    runtime.block_on(async {
        let rows = Rows { tenant: 1 };
        let row = rows.row(1).await;
        ::std::assert!(::std::matches!(row, ::core::option::Option::Some(Row(1))));
        ::std::assert!(rows.change(1).await.is_ok());
        by_hand(1);
        let at = ::core::option::Option::None;
        ::std::assert_eq!(rows.cell(1, "x", at).await, 1);
        let _ = (cells::one(1, "x", at), ::cached_runtime::pattern!(cells::one(1, ..)));
    });
}
