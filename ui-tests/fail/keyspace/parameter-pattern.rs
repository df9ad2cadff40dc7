use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        name((id, page): (u64, u32)) = "users:<id>:<page>";
        mail(mut id: u64) = "users:<id>:mail";
        nick(&str) = "users:<id>:nick";
        last(_: u64) = "users:<id>:last";
    }
}

fn main() {}
