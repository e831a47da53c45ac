use super::copy::{Judge, STEPS, prepare};
use super::emulator::Server;
use super::rules;
use super::schemathesis::generated;
use crate::spec::{self, Document};
use crate::workspace;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;

fn document() -> Document {
    Document::read(&workspace::root().join(workspace::SPEC)).unwrap()
}

fn rules() -> Value {
    spec::read_yaml(&workspace::root().join("xtask/judges/rules.yaml")).unwrap()
}

fn copy(judge: Judge) -> Value {
    prepare(&document(), &rules(), judge)
}

/// The schema of an operation's reply in a judge's copy.
fn reply<'a>(copy: &'a Value, path: &str, method: &str, status: &str) -> &'a Value {
    &copy["paths"][path][method]["responses"][status]["content"]["application/json"]["schema"]
}

#[test]
fn steps_have_unique_names_and_reasons() {
    let names: BTreeMap<&str, &str> = STEPS.iter().map(|step| (step.name, step.reason)).collect();
    assert_eq!(names.len(), STEPS.len());
    assert!(names.values().all(|reason| reason.len() > 40), "{names:?}");
}

#[test]
fn open_values_are_text_in_replies() {
    for judge in [Judge::Schemathesis, Judge::Prism] {
        let copy = copy(judge);
        let status = &copy["components"]["schemas"]["Payment"]["properties"]["status"]["allOf"][0];
        assert_eq!(status, &json!({"type": "string"}), "{judge:?}");
        // Otherwise a refusal would also fit the branch of success.
        assert_eq!(
            copy["components"]["schemas"]["ErrorWord"]["enum"],
            json!(["error"])
        );
    }
}

#[test]
fn only_schemathesis_keeps_request_lists() {
    let kind = |copy: &Value| {
        copy["components"]["schemas"]["UploadCustomerDocumentRequest"]["properties"]["type"]["allOf"][0]
            .clone()
    };
    assert_eq!(kind(&copy(Judge::Prism)), json!({"type": "string"}));
    let made = copy(Judge::Schemathesis);
    let body = &made["paths"]["/customers/{user_id}/documents"]["post"]["requestBody"]["content"]["application/json"];
    assert_eq!(
        body["schema"]["properties"]["type"]["enum"]
            .as_array()
            .unwrap()
            .len(),
        23
    );
}

#[test]
fn refusals_get_a_status_for_schemathesis_only() {
    let path = "/payment/{payment_id}";
    assert_eq!(
        reply(&copy(Judge::Prism), path, "get", "200")["oneOf"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let split = copy(Judge::Schemathesis);
    assert_eq!(
        reply(&split, path, "get", "200")["$ref"],
        "#/components/schemas/GetPaymentReply"
    );
    assert_eq!(
        reply(&split, path, "get", "401")["$ref"],
        "#/components/schemas/ErrorResponse"
    );
    let samples = &split["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["examples"];
    assert_eq!(
        samples.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["coins_sent", "started"]
    );
}

#[test]
fn rules_narrow_fields_and_allow_null() {
    let copy = copy(Judge::Schemathesis);
    let body = |path: &str| {
        copy["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"].clone()
    };
    let payment = body("/createPayment");
    assert_eq!(
        payment["properties"]["fiat_symbol"]["enum"],
        json!(["EUR", "CLP"])
    );
    assert_eq!(payment["properties"]["external_id"]["nullable"], true);
    assert_eq!(payment["properties"]["wallet"].get("nullable"), None);
    assert_eq!(payment["anyOf"].as_array().unwrap().len(), 2);
    let guided = body("/createGuidedPayment");
    assert_eq!(
        guided["properties"]["payment_type"]["enum"],
        json!(["card", "psd2", "transfer", "paypal", null])
    );
    assert!(!guided.to_string().contains("$ref"), "{guided}");
}

#[test]
fn rules_name_fields_of_the_specification() {
    let document = document();
    let rules = rules();
    let fields = |id: &str| {
        let operation = document.operations().into_iter().find(|one| one.id() == id)?;
        let parameters = operation
            .parameters()
            .filter_map(|one| one.get("name")?.as_str())
            .map(str::to_owned);
        let body = operation
            .request()
            .and_then(|(_, schema)| document.resolve(schema)?.get("properties")?.as_object());
        let names: Vec<String> = parameters
            .chain(body.into_iter().flatten().map(|(name, _)| name.clone()))
            .collect();
        Some(names)
    };
    let all: Vec<String> = document
        .operations()
        .iter()
        .filter_map(|one| fields(one.id()))
        .flatten()
        .collect();
    for name in rules["everywhere"].as_object().unwrap().keys() {
        assert!(all.contains(name), "{name}");
    }
    for (id, own) in rules["operations"].as_object().unwrap() {
        let known = fields(id).unwrap_or_else(|| panic!("no operation {id}"));
        for name in own.as_object().unwrap().keys() {
            assert!(name == "anyOf" || known.contains(name), "{id}: {name}");
        }
    }
}

#[test]
fn links_fill_existing_parameters() {
    let document = document();
    let operations = document.operations();
    let mut links = 0;
    for operation in &operations {
        let node = operation
            .node
            .pointer("/responses/200/links")
            .and_then(Value::as_object);
        for (name, link) in node.into_iter().flatten() {
            let target = operations.iter().find(|one| link["operationId"] == one.id());
            let target = target.unwrap_or_else(|| panic!("{}: {name} leads nowhere", operation.id()));
            for parameter in link["parameters"].as_object().unwrap().keys() {
                let known = target.parameters().any(|one| one["name"] == parameter.as_str());
                assert!(known, "{}: {name} has no {parameter}", operation.id());
            }
            links += 1;
        }
    }
    assert!(links > 10, "{links}");
}

#[test]
fn case_number_is_read_from_the_summary() {
    assert_eq!(
        generated("Test cases:\n  12,345 generated, 12,000 passed\n"),
        Some(12_345)
    );
    assert_eq!(
        generated("Test cases:\n  2650 generated, 8 found 8 unique failures\n"),
        Some(2_650)
    );
    assert_eq!(generated("No test cases"), None);
}

#[test]
fn parameters_without_a_schema_stay_as_they_are() {
    let content = json!({"name": "filter", "in": "query", "content": {"application/json": {"schema": {}}}});
    let operation = json!({"operationId": "list", "parameters": [content]});
    let mut root = json!({"paths": {"/list": {"get": operation}}});
    let before = root.clone();
    rules::apply(&Document::from_value(before.clone()), &json!({}), &mut root);
    assert_eq!(root, before);
}

#[test]
fn ended_server_is_named() {
    let mut server = Server::start(Command::new("sh").args(["-c", "echo ready; exit 3"]), "ready").unwrap();
    let ended = std::iter::from_fn(|| Some(server.ended())).find_map(|ended| ended);
    assert_eq!(ended.unwrap(), "sh ended: exit status: 3");
}
