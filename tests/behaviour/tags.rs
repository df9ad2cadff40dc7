//! Tags: labels by which an invalidation names entries across keys and caches.

use cached_runtime::{Caches, Policy, key, only_if_cached, pattern, policy, reload, shape::Plain};

use crate::freshness::Down;
use crate::stage::{Rows, caches, seconds, settle};

/// Stores `value` under a key with tags, unless something is there, and says what is there.
async fn read(caches: &Caches, key: &str, tags: &[&str], value: u32) -> u32 {
    let key = cached_runtime::Key::parse(key).unwrap();
    let cache = caches.cache(key.cache());
    let mut lookup = cache.look_up(Plain::new(), &key, &policy::STATIC);
    for tag in tags {
        lookup = lookup.tagged(cached_runtime::Key::parse(tag).unwrap());
    }
    lookup.load(async { value }).await
}

async fn invalidate(caches: &Caches, tag: &str) {
    caches.invalidate_tag(tag).await.unwrap();
}

#[tokio::test]
async fn an_invalidation_reaches_every_entry_with_the_tag_and_no_other() {
    let (caches, _) = caches();
    let entries = [
        ("rows:1", &["tenant:7"][..]),
        ("rows:2", &["tenant:7", "plan:pro"]),
        ("lists:1", &["tenant:7"]),
        ("rows:3", &["tenant:77"]),
        ("rows:4", &["tenant:7:sub"]),
        ("rows:5", &["tenant"]),
        ("rows:6", &[]),
    ];
    for (pattern, gone) in [
        ("tenant:7", &["rows:1", "rows:2", "lists:1"][..]),
        ("plan:pro", &["rows:2"]),
        ("tenant:7{,:*}", &["rows:1", "rows:2", "lists:1", "rows:4"]),
        (
            "tenant:*",
            &["rows:1", "rows:2", "lists:1", "rows:3", "rows:4"],
        ),
        ("tenant", &["rows:5"]),
        ("nobody", &[]),
    ] {
        for (key, tags) in entries {
            read(&caches, key, tags, 1).await;
        }
        invalidate(&caches, pattern).await;
        for (key, tags) in entries {
            let expected = if gone.contains(&key) { 2 } else { 1 };
            assert_eq!(
                read(&caches, key, tags, 2).await,
                expected,
                "{key} after {pattern}"
            );
        }
        caches.clear().await;
    }
}

#[tokio::test]
async fn what_came_after_the_invalidation_stays() {
    let (caches, _) = caches();
    invalidate(&caches, "tenant:7").await;
    assert_eq!(read(&caches, "rows:1", &["tenant:7"], 1).await, 1);
    assert_eq!(read(&caches, "rows:1", &["tenant:7"], 2).await, 1);
    invalidate(&caches, "tenant:7").await;
    assert_eq!(read(&caches, "rows:1", &["tenant:7"], 3).await, 3);
    assert_eq!(read(&caches, "rows:1", &[], 4).await, 3);
    invalidate(&caches, "tenant:7").await;
    assert_eq!(
        read(&caches, "rows:1", &[], 5).await,
        5,
        "the entry had the tag, whoever asks"
    );
}

#[tokio::test]
async fn a_load_that_its_tag_has_overtaken_is_not_stored_and_not_joined() {
    let (caches, _) = caches();
    let (rows, mut begun) = Rows::new(&caches);
    let load = |rows: Rows| async move {
        let key = key!("rows:1");
        let lookup = rows
            .caches
            .cache("rows")
            .look_up(Plain::new(), &key, &policy::QUERY);
        lookup
            .tagged(key!("tenant:7"))
            .load(rows.source.read())
            .await
    };
    let reader = tokio::spawn(load(rows.clone()));
    begun.next().await;
    rows.source.set(1);
    let tenant = 7;
    caches
        .invalidate_tag(pattern!("tenant:<tenant>"))
        .await
        .unwrap();
    let later = tokio::spawn(load(rows.clone()));
    begun.next().await;
    rows.source.let_go(2);
    assert_eq!(reader.await.unwrap(), 0, "it was waiting already");
    assert_eq!(later.await.unwrap(), 1);
    assert_eq!(caches.cache("rows").get::<usize>(&key!("rows:1")), Some(1));
    assert_eq!(caches.cache("rows").stats().discarded_loads, 1);
}

#[tokio::test]
async fn many_entries_under_one_tag_are_gone_and_their_memory_too() {
    let (caches, _) = caches();
    for n in 0..500 {
        read(
            &caches,
            &format!("rows:{n}"),
            &["all", &format!("one:{n}")],
            n,
        )
        .await;
    }
    let rows = caches.cache("rows");
    assert_eq!(rows.stats().entries, 500);
    invalidate(&caches, "all").await;
    settle().await;
    rows.run_pending_tasks();
    assert_eq!(rows.stats().entries, 0);
    for n in 0..500 {
        assert_eq!(
            read(&caches, &format!("rows:{n}"), &["all"], 1_000).await,
            1_000
        );
    }
}

#[tokio::test]
async fn who_only_looks_finds_nothing_after_an_invalidation_either() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    read(&caches, "rows:1", &["tenant:7", "plan:pro"], 1).await;
    assert_eq!(rows.get::<u32>(&key!("rows:1")), Some(1));
    invalidate(&caches, "plan:pro").await;
    assert_eq!(rows.get::<u32>(&key!("rows:1")), None);
    assert_eq!(
        only_if_cached(read(&caches, "rows:1", &[], 2)).await,
        None,
        "whatever tags it is asked for with"
    );
}

/// The entry has the tags of the load that brought it.
#[tokio::test]
async fn a_reload_replaces_the_tags_too() {
    let (caches, _) = caches();
    read(&caches, "rows:1", &["tenant:7"], 1).await;
    reload(read(&caches, "rows:1", &["tenant:8"], 2)).await;
    invalidate(&caches, "tenant:7").await;
    assert_eq!(read(&caches, "rows:1", &[], 3).await, 2);
    invalidate(&caches, "tenant:8").await;
    assert_eq!(read(&caches, "rows:1", &[], 4).await, 4);
}

#[tokio::test]
async fn an_invalidated_tag_also_kills_what_was_kept_for_errors() {
    let (caches, clock) = caches();
    let policy = Policy::new(seconds(60)).stale_if_error(seconds(600));
    let cache = caches.cache("rows");
    let read = async |answer: Result<u8, Down>| {
        let shape =
            cached_runtime::shape::Fallible::<u8, Down, cached_runtime::shape::Together>::new();
        let lookup = cache.look_up(shape, &key!("rows:1"), &policy);
        lookup
            .tagged(key!("tenant:7"))
            .load(std::pin::pin!(async { answer }))
            .await
    };
    assert_eq!(read(Ok(1)).await, Ok(1));
    clock.advance(seconds(61));
    assert_eq!(read(Err(Down)).await, Ok(1));
    invalidate(&caches, "tenant:7").await;
    assert_eq!(read(Err(Down)).await, Err(Down));
}

#[tokio::test]
async fn what_is_stored_by_hand_has_the_tags_that_it_is_given() {
    let (caches, _) = caches();
    let rows = caches.cache("rows");
    let tags = [key!("tenant:7")];
    rows.insert_tagged(&key!("rows:1"), 1_u32, &policy::STATIC, &tags);
    rows.insert(&key!("rows:2"), 1_u32, &policy::STATIC);
    invalidate(&caches, "tenant:7").await;
    assert_eq!(rows.get::<u32>(&key!("rows:1")), None);
    assert_eq!(rows.get::<u32>(&key!("rows:2")), Some(1));
    rows.insert_tagged(&key!("rows:2"), 2_u32, &policy::STATIC, &tags);
    invalidate(&caches, "tenant:7").await;
    assert_eq!(rows.get::<u32>(&key!("rows:2")), None);
}
