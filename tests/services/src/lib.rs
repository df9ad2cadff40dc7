//! A crate of annotated methods that others depend on: its attributes count in their audits.

use cached_runtime::{cached, invalidates};

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
