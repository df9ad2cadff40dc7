use cached_runtime::cached;

mod request {
    pub struct Request {
        tenant: u64,
    }

    impl Request {
        pub fn new(tenant: u64) -> Self {
            Self { tenant }
        }

        pub fn name(&self) -> u64 {
            self.tenant
        }
    }
}

#[cached(key = "list:<request.tenant>", ttl = 300)]
async fn list(request: request::Request) -> u64 {
    request.name()
}

fn main() {
    let _ = list(request::Request::new(1));
}
