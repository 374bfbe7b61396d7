//! Runs a case against a server of its own, over HTTP.

use std::collections::BTreeMap;
use std::time::Duration;

use http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use resourceful::ApiServer;
use resourceful::server::ServerOptions;
use resourceful_tests::client::{Answer, Call, Client, Lines};
use resourceful_tests::kinds::{Gauge, Gizmo, Widget, Worker};

use crate::check;
use crate::script::{Action, Case, Request, Step};
use crate::values::Values;

/// How long a watch may take to bring what it must.
const PATIENCE: Duration = Duration::from_secs(20);

/// Runs a case; the error says where it went wrong, what was expected and what came.
pub(crate) async fn run(case: &Case) -> Result<(), String> {
    let options = ServerOptions::default().secure_port(0).insecure_port(0);
    let server = ApiServer::new(options)
        .store(resourceful::Store::memory())
        .serve::<Widget>()
        .serve::<Gizmo>()
        .serve::<Gauge>()
        .serve::<Worker>()
        .start()
        .await
        .map_err(|error| error.to_string())?;
    let client = Client::new(server.insecure_url().ok_or("there is no insecure port")?, server.admin_token());
    let mut runner = Runner { case, client, values: Values::new(), watches: BTreeMap::new() };
    let result = runner.run().await;
    // The watches end with their server.
    drop(server);
    result
}

struct Runner<'c> {
    case: &'c Case,
    client: Client,
    values: Values,
    watches: BTreeMap<String, Lines>,
}

impl Runner<'_> {
    async fn run(&mut self) -> Result<(), String> {
        self.steps(&self.case.steps).await?;
        let Some(each) = &self.case.each else { return Ok(()) };
        let mut failures = Vec::new();
        for (index, (line, row)) in each.rows.iter().enumerate() {
            if row.len() != each.columns.len() {
                return Err(format!(
                    "{}:{line}: the table has {} columns",
                    self.case.file,
                    each.columns.len()
                ));
            }
            self.values.set("row", index.to_string());
            for (column, cell) in each.columns.iter().zip(row) {
                let filled = self.values.fill(cell)?;
                self.values.set(column, filled);
            }
            if let Err(failure) = self.steps(&each.steps).await {
                failures.push(format!("{}:{line}: {}\n  {failure}", self.case.file, row.join(" | ")));
            }
        }
        if failures.is_empty() { Ok(()) } else { Err(failures.join("\n")) }
    }

    async fn steps(&mut self, steps: &[Step]) -> Result<(), String> {
        for step in steps {
            self.step(step).await.map_err(|why| format!("{}:{}: {why}", self.case.file, step.line))?;
        }
        Ok(())
    }

    async fn step(&mut self, step: &Step) -> Result<(), String> {
        match &step.action {
            Action::Request(request @ Request { times: Some(times), .. }) => {
                self.race(step, request, *times).await
            }
            Action::Request(request) => {
                let answer = call(&self.client, &self.values, request)?.send().await;
                self.answered(step, &answer)
            }
            Action::Watch(name, request) => {
                let lines = call(&self.client, &self.values, request)?.stream().await;
                let answer = Answer { code: 200, headers: lines.headers.clone(), body: bytes::Bytes::new() };
                self.watches.insert(name.clone(), lines);
                self.answered(step, &answer)
            }
            Action::Event(expected) => self.event(step, expected).await,
        }
    }

    fn answered(&mut self, step: &Step, answer: &Answer) -> Result<(), String> {
        let told = |why: String| {
            let text: String = answer.text().chars().take(3000).collect();
            format!("{why}\n  {} {text}", answer.code)
        };
        let expected = self.values.fill(&step.expected)?;
        let expected = if expected.is_empty() { "200" } else { &expected };
        if let Some(name) = check::expected(expected, answer).map_err(told)? {
            self.values.set(format!("{name}_text"), answer.text().trim_end());
            self.values.set(name, check::json(answer).map_err(told)?);
        }
        for (line, check) in &step.checks {
            check::check(check, answer, &self.values).map_err(|why| told(format!("line {line}: {why}")))?;
        }
        Ok(())
    }

    /// The same request many times at once: `= 1 of 200, 49 of 409`.
    async fn race(&mut self, step: &Step, request: &Request, times: usize) -> Result<(), String> {
        let mut calls = tokio::task::JoinSet::new();
        for number in 0..times {
            let mut values = self.values.clone();
            values.set("n", number);
            let (client, request) = (self.client.clone(), request.clone());
            calls.spawn(async move { Ok::<_, String>(call(&client, &values, &request)?.send().await) });
        }
        let mut codes = BTreeMap::<u16, usize>::new();
        for answer in calls.join_all().await {
            *codes.entry(answer?.code).or_default() += 1;
        }
        let codes: Vec<_> = codes.iter().map(|(code, count)| format!("{count} of {code}")).collect();
        let codes = codes.join(", ");
        if codes == step.expected {
            Ok(())
        } else {
            Err(format!("expected {}, and not {codes}", step.expected))
        }
    }

    /// `w ADDED as a`, `w end`.
    async fn event(&mut self, step: &Step, expected: &str) -> Result<(), String> {
        let mut rest = expected;
        let name = check::word(&mut rest);
        let watch = self.watches.get_mut(name).ok_or_else(|| format!("there is no watch {name}"))?;
        let next = tokio::time::timeout(PATIENCE, watch.next()).await;
        let kind = check::word(&mut rest);
        let event = next.map_err(|_| format!("expected {kind}, and nothing came"))?;
        let Some(event) = event else {
            return if kind == "end" { Ok(()) } else { Err(format!("expected {kind}, and the watch ended")) };
        };
        let told = |why: String| format!("{why}\n  {event}");
        if event["type"] != kind {
            return Err(told(format!("expected {kind}")));
        }
        let object = &event["object"];
        if check::word(&mut rest) == "as" {
            self.values.set(rest, object.clone());
        }
        for (line, check) in &step.checks {
            check::check_object(check, object, &self.values)
                .map_err(|why| told(format!("line {line}: {why}")))?;
        }
        Ok(())
    }
}

fn call<'c>(client: &'c Client, values: &Values, request: &Request) -> Result<Call<'c>, String> {
    let method = values.fill(&request.method)?;
    let (method, content_type) = match method.as_str() {
        "MERGE" => ("PATCH", "application/merge-patch+json"),
        "JSONPATCH" => ("PATCH", "application/json-patch+json"),
        other => (other, "application/json"),
    };
    let method: Method = method.parse().map_err(|_| format!("{method} is no method"))?;
    let mut target = values.fill(&request.target)?;
    for (name, value) in &request.query {
        let sign = if target.contains('?') { '&' } else { '?' };
        let value = values.fill(value)?;
        target = format!("{target}{sign}{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC));
    }
    let mut call = client.call(method, target);
    for (name, value) in &request.headers {
        call = call.header(name.as_str(), values.fill(value)?);
    }
    if !request.body.is_empty() {
        if request.headers.iter().all(|(name, _)| name != "content-type") {
            call = call.header("content-type", content_type);
        }
        call = call.body(values.body(&request.body)?);
    }
    Ok(call)
}
