use cached_runtime::cached;

struct Row<'a>(&'a str);

#[cached(key = "user:<name>", ttl = 300)]
async fn user<'a>(name: &'a str) -> Option<Row<'a>> {
    Some(Row(name))
}

fn main() {
    let _ = user("Ada");
}
