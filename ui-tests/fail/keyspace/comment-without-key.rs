use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        /// What a user is called.
        name(id: u64) = "users:<id>:name";
        /// Where a user gets mail.
    }
}

fn main() {}
