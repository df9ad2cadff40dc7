//! Everything the attributes do, done by hand.

use std::sync::Arc;

use cached_runtime::{Caches, Key, cached, key, pattern, policy, shape};

use crate::stage::caches;

#[derive(Clone)]
struct Names {
    caches: Caches,
}

impl Names {
    #[cached(key = "names:<id>", ttl = "1m", caches = self.caches)]
    async fn name(&self, id: u64) -> String {
        format!("loaded {id}")
    }

    #[cached(key = "names:find:<id>", ttl = "1m", caches = self.caches)]
    async fn find(&self, id: u64) -> Result<Option<String>, std::io::Error> {
        Ok(Some(format!("found {id}")))
    }
}

#[tokio::test]
async fn attribute_and_hand_meet_in_one_entry() {
    let (caches, _) = caches();
    let service = Names {
        caches: caches.clone(),
    };
    let names = caches.cache("names");
    let id = 7_u64;
    names.insert(&key!("names:<id>"), String::from("Ada"), &policy::QUERY);
    assert_eq!(service.name(7).await, "Ada");
    assert_eq!(service.name(8).await, "loaded 8");
    let id = 8;
    assert_eq!(
        names.get::<String>(&key!("names:<id>")),
        Some(String::from("loaded 8"))
    );
    service.find(8).await.unwrap();
    assert_eq!(
        names.get::<String>(&key!("names:find:<id>")),
        Some(String::from("found 8")),
        "stored without its wrapping"
    );
    names.remove(&key!("names:<id>")).await;
    assert_eq!(names.get::<String>(&key!("names:<id>")), None);
}

#[tokio::test]
async fn get_or_load_loads_once() {
    let (caches, _) = caches();
    let names = caches.cache("names");
    let key = key!("names:1");
    for _ in 0..3 {
        let name = names.get_or_load(&key, &policy::QUERY, async {
            anyhow::Ok(String::from("Ada"))
        });
        assert_eq!(name.await.unwrap(), "Ada");
    }
    let stats = names.stats();
    assert_eq!((stats.loads, stats.hits), (1, 2));

    let failing = names
        .get_or_load::<String, _, _>(&key!("names:2"), &policy::QUERY, async { Err("no") })
        .await;
    assert_eq!(failing, Err("no"));
}

#[tokio::test]
async fn every_shape_can_be_loaded() {
    let (caches, _) = caches();
    let names = caches.cache("names");
    let key = key!("names:1");
    let absent = names.get_or_load_as(
        shape::Optional::<u8>::new(),
        &key,
        &policy::API,
        |_| true,
        async { None },
    );
    assert_eq!(absent.await, None);
    let again = names.get_or_load_as(
        shape::Optional::new(),
        &key,
        &policy::API,
        |_| true,
        async { Some(1_u8) },
    );
    assert_eq!(again.await, None, "the absence was stored");
    let other = key!("names:2");
    let plain = names.get_or_load_as(
        shape::Plain::new(),
        &other,
        &policy::API,
        |n| *n > 1,
        async { 1_u8 },
    );
    assert_eq!(plain.await, 1);
    assert_eq!(names.get::<u8>(&other), None, "store_if said no");
}

#[tokio::test]
async fn a_key_leads_to_its_own_cache() {
    let (caches, _) = caches();
    let (names, others) = (caches.cache("names"), caches.cache("others"));
    names.insert(&key!("others:1"), 1_u8, &policy::QUERY);
    assert_eq!(others.get::<u8>(&key!("others:1")), Some(1));
    assert_eq!((names.stats().entries, others.stats().entries), (0, 1));
}

#[tokio::test]
async fn sets_of_caches_share_nothing() {
    let (one, _) = caches();
    let (two, _) = caches();
    let (service_one, service_two) = (
        Names {
            caches: one.clone(),
        },
        Names {
            caches: two.clone(),
        },
    );
    for _ in 0..2 {
        service_one.name(1).await;
        service_two.name(1).await;
    }
    for caches in [one, two] {
        let stats = caches.cache("names").stats();
        assert_eq!((stats.loads, stats.hits), (1, 1));
    }
}

#[test]
fn keys_and_patterns_take_what_is_in_scope() {
    struct Request {
        user: u64,
        pair: (u8, &'static str),
    }
    let request = Request {
        user: 7,
        pair: (1, "a:b"),
    };
    let r#type = "x";
    assert_eq!(
        key!("rows:<request.user>:<request.pair.1>:<type>").as_str(),
        "rows:7:a%3Ab:x"
    );
    assert_eq!(
        pattern!("rows:<request.user>:*:<request.pair.0>*").to_string(),
        "rows:7:*:1{,:*}"
    );
    let parsed: Key = "rows:7".parse().unwrap();
    assert_eq!(parsed, key!("rows:7"));
}

#[test]
fn insert_and_get_need_no_runtime() {
    let (caches, _) = caches();
    let names = caches.cache("names");
    names.insert(&key!("names:1"), 1_u8, &policy::QUERY);
    assert_eq!(names.get::<u8>(&key!("names:1")), Some(1));
}

#[derive(Clone)]
struct Large {
    caches: Caches,
}

impl Large {
    #[cached(key = "large:<id>", ttl = "1m", caches = self.caches)]
    async fn value(&self, id: u64) -> Arc<u64> {
        Arc::new(id)
    }
}

#[tokio::test]
async fn a_set_that_is_dropped_gives_its_values_back() {
    let (caches, _) = caches();
    let large = Large { caches };
    let value = Arc::downgrade(&large.value(1).await);
    assert!(value.upgrade().is_some());
    drop(large);
    assert!(value.upgrade().is_none());
}
