use cached_runtime::keyspace;

keyspace! {
    crate = cached_runtime;
    mod users {}
}

fn main() {}
