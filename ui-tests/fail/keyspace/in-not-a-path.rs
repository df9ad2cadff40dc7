use cached_runtime::invalidates;

#[invalidates("orders:one:<order>", in = "orders")]
async fn close(order: u64) {
    let _ = order;
}

fn main() {}
