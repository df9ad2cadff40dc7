use cached_runtime::key;

fn main() {
    let user_id = 1;
    let _ = key!("user:<usr_id>");
    drop(user_id);
}
