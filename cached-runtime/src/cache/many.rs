//! Several keys in one call.

use cached_key::Key;

use super::Cache;
use crate::{policy::Policy, value::CacheValue};

impl Cache {
    /// The values stored under several keys, in the order of the keys; `None` where there is none, or one of another
    /// type. Each key counts as a hit or a miss.
    ///
    /// Each key is looked up for itself: what others store meanwhile may show under some of the keys and not yet under
    /// others.
    ///
    /// ```
    /// use cached_runtime::{Caches, key, policy};
    ///
    /// let names = Caches::builder().build().unwrap().cache("names");
    /// let [ada, alan, grace] = [1, 2, 3].map(|id| key!("names:<id>"));
    /// names.insert_many([(ada.clone(), "Ada"), (grace.clone(), "Grace")], &policy::QUERY);
    /// assert_eq!(names.get_many::<&str>(&[grace, alan, ada]), [Some("Grace"), None, Some("Ada")]);
    /// ```
    pub fn get_many<T: CacheValue>(&self, keys: &[Key]) -> Vec<Option<T>> {
        keys.iter().map(|key| self.get(key)).collect()
    }

    /// Stores several values, each as [`insert`](Self::insert) does. Of a key that comes twice the last value stays.
    ///
    /// Each value is there as soon as it is stored: readers may find some of them while others are on their way. If
    /// the iterator panics, what it has given before is stored.
    pub fn insert_many<T: CacheValue>(
        &self,
        entries: impl IntoIterator<Item = (Key, T)>,
        policy: &Policy,
    ) {
        for (key, value) in entries {
            self.insert(&key, value, policy);
        }
    }
}
