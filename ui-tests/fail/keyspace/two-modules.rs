use cached_runtime::keyspace;

keyspace! {
    mod users {}
    mod orders {}
}

fn main() {}
