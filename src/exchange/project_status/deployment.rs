//! Deployments: a heading `### 2025-10-01 - PR #100: Add tracking`, or a list item like it, and lines `Commit: …`,
//! `Work items: …`, `Vendors: …`, `Tests: …`, `Constitutional compliance: ✓` below.

use super::entries::{Entry, Field};
use super::marked::{Marked, is_nothing, sign};
use super::vendor::insert;
use super::{Deployment, Unread};
use crate::exchange::fit;

/// How few digits of a commit people write.
const SHORT: usize = 7;

/// What a file tells of a deployment; the reason where it cannot be used.
pub(super) fn deployment(entry: &Entry, unread: &mut Vec<Unread>) -> Result<Deployment, String> {
    let mut deployment = Deployment {
        title: entry.title.text(),
        line: entry.line,
        ..Deployment::default()
    };
    let title = title(&entry.title, &mut deployment);
    deployment.pr_title = title.filter(|title| !title.is_empty());
    for field in &entry.fields {
        if !is_nothing(&field.value.text()) && !read(&mut deployment, field) {
            unread.push(Unread {
                line: field.line,
                text: format!("{}: {}", field.key, field.value.text()),
            });
        }
    }
    match deployment.deployed_at {
        Some(_) => Ok(deployment),
        None => Err(format!("deployment {}: when it was is not said", deployment.title)),
    }
}

/// Reads the day, the pull request and what is left: its title.
fn title(text: &Marked, deployment: &mut Deployment) -> Option<String> {
    let mut rest = text.clone();
    loop {
        let (part, after) = match [" - ", " – ", " — "]
            .iter()
            .find_map(|separator| rest.split_at(separator))
        {
            Some((part, after)) => (part, Some(after)),
            None => (rest.clone(), None),
        };
        let known = day(&part, deployment) || request(&part, deployment);
        match (known, after) {
            (true, Some(after)) => rest = after,
            (true, None) => return None,
            (false, _) => break,
        }
    }
    match rest.split_once(':') {
        Some((before, after)) if request(&before, deployment) => Some(after.text()),
        _ => Some(rest.text()),
    }
}

/// A time, or a day, which begins at midnight UTC.
fn day(text: &Marked, deployment: &mut Deployment) -> bool {
    let text = text.text();
    let is_day = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let time = match is_day {
        true => fit::time(&format!("{text}T00:00:00Z")),
        false => fit::time(text.trim_end_matches(" UTC")),
    };
    let is_first = time.is_some() && deployment.deployed_at.is_none();
    deployment.deployed_at = deployment.deployed_at.or(time);
    is_first
}

/// `PR #100` or `#100`, where the sign was not escaped.
fn request(text: &Marked, deployment: &mut Deployment) -> bool {
    let Some((before, number)) = text.split_once('#') else {
        return false;
    };
    let is_request = matches!(before.word().as_str(), "" | "pr" | "pull request");
    let number = number.text().parse().ok().filter(|number| *number > 0);
    if !is_request || number.is_none() || deployment.pr_number.is_some() {
        return false;
    }
    deployment.pr_number = number;
    true
}

fn read(deployment: &mut Deployment, field: &Field) -> bool {
    let text = field.value.text();
    match field.key.as_str() {
        "date" | "deployed" | "deployed at" | "time" => day(&field.value, deployment),
        "pr" | "pull request" | "pr #" => {
            let bare = text.parse().ok().filter(|number: &i64| *number > 0);
            let number = bare.filter(|_| deployment.pr_number.is_none());
            deployment.pr_number = deployment.pr_number.or(number);
            number.is_some() || request(&field.value, deployment)
        }
        "title" | "pr title" if deployment.pr_title.is_none() => {
            deployment.pr_title = Some(text);
            true
        }
        "commit" | "commit hash" | "sha" => commit(deployment, &text),
        "environment" | "env" if deployment.environment.is_none() => {
            deployment.environment = Some(text);
            true
        }
        "work items" | "work item" | "items" => {
            deployment.work_items.extend(names(&field.value));
            true
        }
        "vendors" | "vendor" | "affected vendors" | "vendors affected" => {
            deployment.vendors.extend(names(&field.value));
            true
        }
        "tests" | "test results" | "test summary" => tests(deployment, &field.value),
        "constitutional compliance" | "compliance" => {
            let said = sign(text.split_whitespace().next().unwrap_or_default()).or_else(|| sign(&text));
            let is_whole = sign(&text).is_some();
            deployment.constitutional_compliance = deployment.constitutional_compliance.or(said);
            said.is_some() && (is_whole || insert(&mut deployment.metadata, "compliance_note".to_owned(), &text))
        }
        key => insert(&mut deployment.metadata, key.replace([' ', '-'], "_"), &text),
    }
}

/// A whole hash is the commit; a short one names it, and is not made longer by guessing.
fn commit(deployment: &mut Deployment, text: &str) -> bool {
    let text = text.to_lowercase();
    let is_hash = text.len() >= SHORT && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hash || deployment.commit.is_some() {
        return false;
    }
    deployment.commit = Some(text);
    true
}

fn names(text: &Marked) -> impl Iterator<Item = String> {
    let names = text.split(',').into_iter().map(|name| name.text());
    names.filter(|name| !is_nothing(name))
}

/// `unit 150, integration 30`, `unit: 150` or `150 unit`.
fn tests(deployment: &mut Deployment, text: &Marked) -> bool {
    let mut tests = Vec::new();
    for part in text.split(',') {
        let first = part.first_word().map(|(count, name)| (name, count));
        let pairs = [part.split_once(':'), part.last_word(), first].into_iter().flatten();
        let mut counted = pairs.filter_map(|(name, count)| Some((name.text(), count.text().parse().ok()?)));
        let Some(test) = counted.find(|(name, _)| !name.is_empty()) else {
            return false;
        };
        tests.push(test);
    }
    deployment.tests.extend(tests);
    true
}
