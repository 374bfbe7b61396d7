//! A point in time as the API writes it: RFC 3339, UTC, whole seconds (contract 9.17).

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::golang::time;

/// RFC 3339 in UTC with whole seconds; any offset and fraction is read, the fraction is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(Timestamp);

impl Time {
    /// The current second.
    pub fn now() -> Self {
        Self::from_timestamp(Timestamp::now())
    }

    /// The second in which the timestamp lies.
    pub fn from_timestamp(timestamp: Timestamp) -> Self {
        Self(Timestamp::from_second(timestamp.as_second()).unwrap_or(timestamp))
    }

    /// The timestamp.
    pub fn timestamp(self) -> Timestamp {
        self.0
    }

    /// Seconds since 1970.
    pub fn as_second(self) -> i64 {
        self.0.as_second()
    }

    /// This time moved by some seconds; stays at the end of the calendar when it would leave it.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        let moved = self.as_second().saturating_add(seconds);
        Self(Timestamp::from_second(moved).unwrap_or(if seconds < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        }))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        // Upstream takes fewer forms of it.
        if let Some(complaint) = time::complaint(&text) {
            return Err(serde::de::Error::custom(complaint));
        }
        let timestamp: Timestamp = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Self::from_timestamp(timestamp))
    }
}
