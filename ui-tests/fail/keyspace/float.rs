use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        near(latitude: f64) = "users:near:<latitude>";
    }
}

fn main() {}
