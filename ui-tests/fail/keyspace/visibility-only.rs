use cached_runtime::keyspace;

keyspace! {
    pub
}

fn main() {}
