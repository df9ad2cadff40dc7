use cached_runtime::coherent;

#[derive(Clone)]
struct User;
struct Users;

#[coherent]
mod service {
    #[cached_runtime::coherent]
    impl super::Users {}
}

fn main() {}
