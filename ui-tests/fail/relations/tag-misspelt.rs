use cached_runtime::{cached, coherent, invalidates};

#[derive(Clone)]
struct User;
struct Users;

#[coherent]
impl Users {
    #[cached(key = "users:id:<id>", ttl = 300, tags("teams:<team>"), skip(team))]
    async fn by_id(&self, id: u64, team: u64) -> User {
        let _ = (id, team);
        User
    }

    #[invalidates(tags("taems:<team>"))]
    async fn dissolve(&self, team: u64) {}
}

fn main() {}
