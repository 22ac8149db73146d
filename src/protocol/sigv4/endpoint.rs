//! What an AWS host name says: the service to sign for, and its region.

use super::names::SIGNING_NAMES;

/// Services with one endpoint for the whole of a partition.
const GLOBAL: &[&str] = &[
    "budgets",
    "cloudfront",
    "health",
    "iam",
    "importexport",
    "route53",
    "savingsplans",
    "sts",
    "waf",
];
const GLOBAL_GOV: &[&str] = &["health", "iam", "route53"];
const GLOBAL_CHINA: &[&str] = &["budgets", "health", "route53"];

/// Service and region of a host; `None` when it is not surely one of AWS's.
pub(super) fn detect(host: &str) -> Option<(String, String)> {
    let host = host.to_ascii_lowercase();
    if let Some(rest) = host.strip_suffix(".api.aws") {
        let (service, region) = rest.split_once('.')?;
        return regional(service, region);
    }
    let (rest, china) = match host.strip_suffix(".amazonaws.com.cn") {
        Some(rest) => (rest, true),
        None => (host.strip_suffix(".amazonaws.com")?, false),
    };
    let labels: Vec<&str> = rest.split('.').collect();
    (match labels[..] {
        [service, region] | [service, "dualstack", region] => regional(service, region),
        _ => None,
    })
    .or_else(|| s3(&labels, china))
    .or_else(|| match labels[..] {
        [endpoint, service, region, "vpce"] if !china && endpoint.starts_with("vpce-") => {
            regional(service, region)
        }
        _ => None,
    })
    .or_else(|| global(&labels, china))
    .or_else(|| {
        let (region, service) = labels.split_last()?;
        let service = service.join(".");
        let known = service.contains('.') && signing_name(&service).is_some();
        if known { regional(&service, region) } else { None }
    })
}

fn regional(service: &str, region: &str) -> Option<(String, String)> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    let whole = !service.is_empty() && service.chars().all(plain) && is_region(region);
    whole.then(|| (signed_as(service), region.to_owned()))
}

fn s3(labels: &[&str], china: bool) -> Option<(String, String)> {
    let found = |region: &str| Some(("s3".to_owned(), region.to_owned()));
    match labels {
        [_, "s3" | "s3-fips", region] | [_, "s3" | "s3-fips", "dualstack", region]
            if is_region(region) =>
        {
            found(region)
        }
        // Old forms that say the region behind a hyphen, or nothing at all.
        [host] | [_, host] if !china => match *host {
            "s3" | "s3-external-1" => found("us-east-1"),
            _ => host.strip_prefix("s3-").filter(|region| is_region(region)).and_then(found),
        },
        _ => None,
    }
}

fn global(labels: &[&str], china: bool) -> Option<(String, String)> {
    let labels = labels.strip_prefix(&["global"]).unwrap_or(labels);
    let (service, services, region) = match labels {
        [service, "us-gov"] => (service, GLOBAL_GOV, "us-gov-west-1"),
        [service] if china => (service, GLOBAL_CHINA, "cn-northwest-1"),
        [service] => (service, GLOBAL, "us-east-1"),
        _ => return None,
    };
    let plain = service.strip_suffix("-fips").unwrap_or(service);
    services.contains(&plain).then(|| (signed_as(plain), region.to_owned()))
}

/// The name in the signature, which for some services is not that of the host.
fn signed_as(service: &str) -> String {
    signing_name(service).unwrap_or(without_fips(service)).to_owned()
}

fn signing_name(service: &str) -> Option<&'static str> {
    let service = without_fips(service);
    SIGNING_NAMES.iter().find(|(label, _)| *label == service).map(|(_, name)| *name)
}

fn without_fips(service: &str) -> &str {
    service.strip_suffix("-fips").unwrap_or(service)
}

/// `us-east-1`: two letters, words, a number.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [first, words @ .., number] = &parts[..] else {
        return false;
    };
    let word = |word: &&str| {
        !word.is_empty()
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    first.len() == 2
        && first.bytes().all(|byte| byte.is_ascii_lowercase())
        && !words.is_empty()
        && words.iter().all(word)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_say_their_service_and_region() {
        for (host, found) in [
            ("S3.us-east-1.amazonaws.com", "s3 us-east-1"),
            ("kms-fips.us-west-2.amazonaws.com", "kms us-west-2"),
            ("s3-fips.dualstack.us-east-2.amazonaws.com", "s3 us-east-2"),
            ("iam.cn-north-1.amazonaws.com.cn", "iam cn-north-1"),
            ("email.eu-west-1.amazonaws.com", "ses eu-west-1"),
            ("lambda-fips.us-east-1.api.aws", "lambda us-east-1"),
            ("bucket.s3.dualstack.us-west-2.amazonaws.com", "s3 us-west-2"),
            ("bucket.s3-fips.us-east-2.amazonaws.com", "s3 us-east-2"),
            ("s3-us-west-2.amazonaws.com", "s3 us-west-2"),
            ("bucket.s3-eu-west-1.amazonaws.com", "s3 eu-west-1"),
            ("bucket.s3.amazonaws.com", "s3 us-east-1"),
            ("s3-external-1.amazonaws.com", "s3 us-east-1"),
            ("vpce-0a-1.monitoring.us-east-2.vpce.amazonaws.com", "monitoring us-east-2"),
            ("iam.amazonaws.com", "iam us-east-1"),
            ("importexport.amazonaws.com", "IngestionService us-east-1"),
            ("global.health.amazonaws.com", "health us-east-1"),
            ("iam.us-gov.amazonaws.com", "iam us-gov-west-1"),
            ("route53.amazonaws.com.cn", "route53 cn-northwest-1"),
            ("streams.dynamodb.us-east-1.amazonaws.com", "dynamodb us-east-1"),
            ("api.tunneling.iot.eu-west-1.amazonaws.com", "IoTSecuredTunneling eu-west-1"),
            ("data.iot-fips.us-east-1.amazonaws.com", "iotdata us-east-1"),
            ("iam.amazonaws.com.cn", ""),
            ("example.amazonaws.com", ""),
            ("a.b.us-east-1.amazonaws.com", ""),
            ("s3.us-east-1.amazonaws.com.evil.com", ""),
            ("amazonaws.com", ""),
            ("minio.example", ""),
            ("s3.east.amazonaws.com", ""),
        ] {
            let detected = detect(host).map(|(service, region)| format!("{service} {region}"));
            assert_eq!(detected.unwrap_or_default(), found, "{host}");
        }
    }
}
