//! Keys that others use.

use std::fmt;

use cached_runtime::keyspace;

/// What tells orders apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderId(pub u64);

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "o{}", self.0)
    }
}

keyspace! {
    /// What is cached about orders.
    pub mod orders {
        use super::OrderId;

        /// The orders of a customer, in one state or in any.
        of_customer(customer: u64, state: Option<&str>) = "orders:customer:<customer>:state:<state>";
        /// One order.
        one(order: OrderId) = "orders:one:<order>";
        /// What was sent from one place to another.
        route(from: &str, to: &str) = "orders:route:<from>?<to>";
        /// How many there are.
        count() = "orders:count";
    }
}
