use cached_runtime::keyspace;

keyspace! {
    pub mod users;
}

fn main() {}
