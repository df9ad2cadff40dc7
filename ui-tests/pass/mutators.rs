//! A mutator may take and return what a cached method may not.

use async_trait::async_trait;
use cached_runtime::invalidates;

struct Users {
    names: Vec<String>,
}

#[derive(Clone, Copy)]
struct Row<'a>(&'a str);

impl Users {
    #[invalidates("users:*")]
    async fn first(&self) -> &str {
        &self.names[0]
    }

    #[invalidates("users:<ret.0>*", "users:<index>")]
    async fn row(&mut self, index: usize) -> Result<Row<'_>, String> {
        self.names
            .get(index)
            .map(|name| Row(name))
            .ok_or_else(|| "nobody".to_owned())
    }

    #[invalidates("users:<id>")]
    async fn generic<'a, T: Send>(
        &'a self,
        id: u64,
        value: T,
        (_, _): (u8, u8),
        _: &mut u8,
    ) -> (T, &'a str) {
        let _ = id;
        (value, &self.names[0])
    }

    #[invalidates("users:<id>:<ret>")]
    async fn boxed(self: Box<Self>, id: Option<u64>) -> Option<Box<str>> {
        id?;
        Some(self.names.concat().into())
    }

    #[invalidates("users:*", on = "always")]
    async fn nothing() {}

    #[invalidates("users:*:name", "users:all")]
    async fn unit(self) -> Result<(), String> {
        Err("nobody".to_owned())
    }
}

#[async_trait]
trait Store {
    async fn borrow(&self, id: u64) -> Option<&str>;
    async fn mutate(&mut self, id: u64, pair: (u64, u64));
}

#[async_trait]
impl Store for Users {
    #[invalidates("users:<id>")]
    async fn borrow(&self, id: u64) -> Option<&str> {
        self.names
            .get(usize::try_from(id).ok()?)
            .map(String::as_str)
    }

    #[invalidates("users:<id>*")]
    async fn mutate(&mut self, id: u64, (first, second): (u64, u64)) {
        self.names.push(format!("{id} {first} {second}"));
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut users = Users {
        names: vec!["Ada".to_owned()],
    };
    assert_eq!(users.first().await, "Ada");
    assert_eq!(
        users.row(0).await.map(|row| row.0.to_owned()),
        Ok("Ada".to_owned())
    );
    assert_eq!(users.generic(1, 2.5, (1, 2), &mut 3).await, (2.5, "Ada"));
    assert_eq!(users.borrow(0).await, Some("Ada"));
    users.mutate(1, (2, 3)).await;
    assert_eq!(
        Box::new(users).boxed(Some(1)).await.as_deref(),
        Some("Ada1 2 3")
    );
    Users::nothing().await;
    assert!(Users { names: Vec::new() }.unit().await.is_err());
}
