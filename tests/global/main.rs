//! The global caches: installed once, before they are used.

use std::time::Duration;

use cached_runtime::{Caches, Error, ManualClock, Settings, cached};

#[cached(key = "numbers:<n>", ttl = "10m")]
async fn number(n: u64) -> u64 {
    n
}

#[tokio::test]
async fn the_global_caches_are_installed_once() {
    let clock = ManualClock::default();
    let settings = Settings::new().ttl(Duration::from_secs(5));
    let refused = Caches::builder()
        .settings("numbers", settings.clone().jitter(200))
        .install();
    assert!(
        matches!(refused, Err(Error::Settings { .. })),
        "what is refused is not installed"
    );

    let installed = Caches::builder()
        .clock(clock.clone())
        .settings("numbers", settings)
        .install()
        .unwrap();
    number(1).await;
    number(1).await;
    clock.advance(Duration::from_secs(5));
    number(1).await;
    assert_eq!(Caches::global().cache("numbers").stats().loads, 2);
    assert_eq!(installed.cache("numbers").stats().loads, 2);

    let second = Caches::builder().install();
    assert_eq!(second.unwrap_err(), Error::AlreadyInstalled);
    assert_eq!(
        Caches::global().cache("numbers").stats().loads,
        2,
        "the caches in use stay"
    );
    cached_runtime::assert_sound();
}
