use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        #[cfg(test)]
        name(id: u64) = "users:<id>:name";
    }
}

fn main() {}
