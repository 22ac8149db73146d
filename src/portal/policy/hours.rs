//! Time windows: business hours are 09:00 to 17:00 on every day, weekdays are Monday to Friday, both by the clock of a
//! time zone.

use serde_json::Value;

use super::zone::Zone;
use crate::portal::timestamp::Stamp;

const DAY: i64 = 86_400;
const OPENS: i64 = 9 * 3600;
const CLOSES: i64 = 17 * 3600;
/// 1970 began on a Thursday, the fourth day of a week.
const FIRST_WEEKDAY: i64 = 3;
const SATURDAY: i64 = 5;

/// When requests are let pass.
#[derive(Debug)]
pub(super) struct Hours {
    business_hours_only: bool,
    weekdays_only: bool,
    zone: Zone,
}

impl Hours {
    /// Those of a rule's body.
    pub(super) fn of(body: &Value) -> Result<Self, String> {
        let flag = |name: &str| body[name] == true;
        let name = body["timezone"].as_str().unwrap_or("UTC");
        Ok(Self {
            business_hours_only: flag("business_hours_only"),
            weekdays_only: flag("weekdays_only"),
            zone: Zone::load(name)
                .ok_or_else(|| format!("this machine does not know the time zone {name}"))?,
        })
    }

    /// Whether an instant lies in them.
    pub(super) fn hold(&self, at: Stamp) -> bool {
        let local = at.0 + self.zone.offset(at.0);
        let (day, second) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        let weekday = (day + FIRST_WEEKDAY).rem_euclid(7);
        (!self.business_hours_only || (OPENS..CLOSES).contains(&second))
            && (!self.weekdays_only || weekday < SATURDAY)
    }
}
