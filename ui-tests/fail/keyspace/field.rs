use cached_runtime::keyspace;

pub struct User {
    pub id: u64,
}

keyspace! {
    pub mod users {
        use super::User;

        name(user: &User) = "users:<user.id>:name";
    }
}

fn main() {}
