//! What the control plane refuses, and what it says then.

use reqwest::Method;

use crate::support::Api;

#[tokio::test]
async fn a_fault_asked_for_in_a_header_is_told_what_its_detail_can_be() {
    let api = Api::start().await;
    for (fault, told) in [
        (
            "error_before:200",
            "x-sandbox-fault: detail: `200` does not fit the fault `error_before`; `error_before` takes an HTTP status from 400 to 599, by default 500.",
        ),
        (
            "html:1",
            "x-sandbox-fault: detail: `1` does not fit the fault `html`; `html` takes no detail.",
        ),
    ] {
        let request = api.request(Method::GET, "customers/list");
        let answer = request.header("x-sandbox-fault", fault).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 422);
        let why: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(why["message"], told);
    }
}
