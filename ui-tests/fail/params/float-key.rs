use cached_runtime::cached;

#[cached(key = "near:<latitude>", ttl = 300)]
async fn near(latitude: f64) -> f64 {
    latitude
}

fn main() {
    let _ = near(1.0);
}
