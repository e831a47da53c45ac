use bytes::Bytes;

use super::Command;
use crate::catalogue::Outage;
use crate::engine::Engine;
use crate::faults::{Fault, Times, TransferFault, WebhookFault};
use crate::records::BankCredit;
use crate::request::Request;

fn commands() -> Vec<Command> {
    let (payment, offramp, user, api_key) = ("p".to_owned(), 1, 1, None::<String>);
    let (wallet, status) = (Some("w".to_owned()), "valid".to_owned());
    let (times, by) = (Times { skip: 1, strike: 2 }, "2.50".parse().unwrap());
    let (event, word) = ("PAY_IN".to_owned(), "card".to_owned());
    vec![
        Command::AdvanceClock { seconds: 1 },
        Command::SetKyc {
            user,
            status: status.clone(),
        },
        Command::Ban { user, banned: true },
        Command::SubmitVerification { user, reject: true },
        Command::SubmitDeclaration { user },
        Command::ChooseMethod {
            payment: payment.clone(),
            payment_type: word.clone(),
            wallet: wallet.clone(),
        },
        Command::Pay {
            payment: payment.clone(),
            holder: None,
            wallet,
        },
        Command::FailPayment {
            payment: payment.clone(),
        },
        Command::AnnounceTransfer {
            payment: payment.clone(),
        },
        Command::PayTransfer {
            payment: payment.clone(),
        },
        Command::SendCoins {
            payment: payment.clone(),
        },
        Command::SetPaymentStatus {
            payment: payment.clone(),
            status: status.clone(),
        },
        Command::Deposit {
            offramp,
            amount: Some(by),
        },
        Command::PayOut { offramp },
        Command::SetOfframpStatus { offramp, status },
        Command::CreditBank {
            credit: BankCredit::new(by).concept("c"),
            api_key: api_key.clone(),
        },
        Command::Reconcile {
            payment_id: payment,
            transaction_id: "t".to_owned(),
            api_key: api_key.clone(),
        },
        Command::ExpireTokens,
        Command::SetWhitelisted {
            listed: true,
            api_key: api_key.clone(),
        },
        Command::BarMethod {
            payment_type: word,
            barred: true,
            api_key: api_key.clone(),
        },
        Command::SetOutage {
            part: Outage::Gateway,
            down: true,
            api_key,
        },
        Command::ArmFault {
            operation: "*".to_owned(),
            fault: Fault::ErrorAfter(503),
            times,
        },
        Command::ArmWebhookFault {
            event,
            fault: WebhookFault::Skew(-5),
            times,
        },
        Command::ArmTransferFault {
            fault: TransferFault::Partial(by),
            times,
        },
        Command::ClearFaults,
        Command::Redeliver { delivery: 1 },
        Command::AddIntegration,
        Command::Reset,
        Command::Restage(Box::new("speed: manual".parse().unwrap())),
        // An empty scenario, whose text is also that of a command without fields.
        Command::Restage(Box::new("null".parse().unwrap())),
    ]
}

/// Its answer in another process is its answer in this one.
#[test]
fn every_encoded_command_is_decoded_as_itself() {
    for command in commands() {
        let (method, path, body) = command.encode();
        let mut request = Request::post(&format!("/_sandbox/{path}"), Bytes::from(body));
        request.method = method;
        let reply = Engine::new(1).handle(&request).reply.unwrap();
        let told: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        let mut engine = Engine::new(1);
        match engine.execute(command.clone()) {
            Ok(outcome) => assert_eq!(told, serde_json::to_value(&outcome).unwrap(), "{command:?}"),
            Err(error) => assert_eq!(told["error"], error.to_string(), "{command:?}"),
        }
        let mut decoded = Engine::new(1);
        decoded.handle(&request);
        assert_eq!(decoded.export(), engine.export(), "{command:?}");
    }
}
