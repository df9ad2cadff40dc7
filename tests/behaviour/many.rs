//! Several keys in one call.

use cached_runtime::{Key, Policy, key, policy};

use crate::stage::{caches, seconds};

fn keys<const N: usize>(ids: [u64; N]) -> [Key; N] {
    ids.map(|id| key!("rows:<id>"))
}

#[test]
fn values_come_in_the_order_of_the_keys() {
    let (caches, clock) = caches();
    let rows = caches.cache("rows");
    let [one, two, three] = keys([1, 2, 3]);
    rows.insert_many(
        [(one.clone(), 10_u8), (three.clone(), 30), (one.clone(), 11)],
        &Policy::new(seconds(60)),
    );
    let asked = [three, two, one.clone(), one];
    assert_eq!(
        rows.get_many::<u8>(&asked),
        [Some(30), None, Some(11), Some(11)]
    );
    let stats = rows.stats();
    assert_eq!((stats.hits, stats.misses, stats.entries), (3, 1, 2));
    assert_eq!(rows.get_many::<u16>(&asked), [None; 4], "of another type");
    clock.advance(seconds(60));
    assert_eq!(rows.get_many::<u8>(&asked), [None; 4], "in the past");
    assert_eq!(rows.get_many::<u8>(&[]), []);
}

#[test]
fn each_key_leads_to_its_own_cache() {
    let (caches, _) = caches();
    let (rows, others) = (caches.cache("rows"), caches.cache("others"));
    let mixed = [key!("rows:1"), key!("others:1")];
    rows.insert_many(mixed.clone().into_iter().zip([1_u8, 2]), &policy::QUERY);
    assert_eq!(others.get_many::<u8>(&mixed), [Some(1), Some(2)]);
    assert_eq!((rows.stats().entries, others.stats().entries), (1, 1));
    others.set_enabled(false);
    assert_eq!(rows.get_many::<u8>(&mixed), [Some(1), None]);
}

#[tokio::test]
async fn what_is_inserted_overtakes_the_loads_under_way() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    let ids = keys([1, 2]);
    let old = rows.get_or_load(&ids[0], &policy::QUERY, async {
        rows.insert_many(ids.clone().into_iter().map(|id| (id, 2_u8)), &policy::QUERY);
        Ok::<_, ()>(1_u8)
    });
    assert_eq!(old.await, Ok(1));
    assert_eq!(rows.get_many::<u8>(&ids), [Some(2), Some(2)]);
}
