//! A crate of annotated methods that others depend on: its attributes count in their audits.

use std::marker::PhantomData;

use cached_runtime::{cached, invalidates, updates};

pub mod keys;

/// What is served.
#[derive(Clone, Copy, Debug, Default)]
pub struct Invoices;

impl Invoices {
    /// A cached method in a dependency.
    #[cached(key = "invoices:customer:<customer>:year:<year>", ttl = "10m")]
    pub async fn of_year(&self, customer: u64, year: u16) -> u64 {
        customer * 10_000 + u64::from(year)
    }

    /// A mutator in a dependency, whose pattern has a slip in it.
    #[invalidates("invoices:custmer:<customer>*")]
    pub async fn misspelt(&self, customer: u64) -> u64 {
        customer
    }
}

/// What nobody calls, of a type that nobody names: its attributes are linked all the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ledger<T>(PhantomData<T>);

impl<T: Sync> Ledger<T> {
    /// Generic, and never made for any type.
    #[cached(key = "ledgers:<id>", ttl = "10m")]
    pub async fn balance(&self, id: u64) -> u64 {
        id
    }

    /// Keeps what it returns for another time than `balance`.
    #[updates(key = "ledgers:<id>", ttl = "5m")]
    pub async fn close(&self, id: u64) -> u64 {
        id
    }
}

#[expect(dead_code, reason = "attributes of what is dead count too")]
mod dead {
    use super::cached;

    #[cached(key = "rates:<currency>", ttl = "1h")]
    async fn rate(currency: &str) -> usize {
        currency.len()
    }
}
