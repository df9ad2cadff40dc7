//! What the unit tests of the modules beside this one have in common.

use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use cached_key::Key;

use super::{Core, KeyName, Loading, Miss, Way};
use crate::{
    Settings,
    policy::{self, Terms},
    shape::Plain,
    sync::atomic::AtomicBool,
    time::Timer,
};

pub(crate) fn core() -> Arc<Core> {
    let enabled = Arc::new(AtomicBool::new(true));
    Arc::new(Core::new("rows", Timer::System, Settings::new(), enabled))
}

pub(crate) fn miss(core: &Arc<Core>, n: u64) -> Miss {
    let key = Key::parse(&format!("rows:user:{n}:status:open")).unwrap();
    let (core, digest) = (Arc::clone(core), core.digest(key.as_bytes()));
    let terms = Terms::Declared(&policy::QUERY);
    Miss::new(core, KeyName::new(key.as_bytes()), digest, terms, false)
}

/// Loads the answer of a miss.
pub(crate) fn load(miss: Miss, body: impl Future<Output = u64>) -> impl Future<Output = u64> {
    Loading::new(
        Way::Load(Box::new(miss)),
        Plain::new(),
        |_: &u64| true,
        body,
    )
}

/// Loads it anew.
pub(crate) fn reload(mut miss: Miss, body: impl Future<Output = u64>) -> impl Future<Output = u64> {
    miss.reload = true;
    load(miss, body)
}

pub(crate) fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing to wait for"),
    }
}
