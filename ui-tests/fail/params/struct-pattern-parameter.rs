use cached_runtime::cached;

struct Filter {
    status: u8,
}

#[cached(key = "list", ttl = 300)]
async fn list(Filter { status }: Filter) -> u8 {
    status
}

fn main() {
    let _ = list(Filter { status: 1 });
}
