use cached_runtime::keyspace;

keyspace! {
    pub mod users {
        name(id: u64);
        mail(id: u64) = ;
        count()
        /// Who is to pay.
        payers(tenant: &str, kind: u8)
    }
}

fn main() {}
