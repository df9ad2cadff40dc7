use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        name(&self) = "users:<self.id>:name";
    }
}

fn main() {}
