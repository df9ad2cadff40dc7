cached_runtime::keyspace! {}

fn main() {}
