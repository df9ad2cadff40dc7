use cached_runtime::cached;

use std::rc::Rc;

#[cached(key = "rows:<id>", ttl = 300)]
async fn rows(id: u64) -> Option<Rc<u64>> {
    Some(Rc::new(id))
}

fn main() {
    let _ = rows(1);
}
