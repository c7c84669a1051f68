"""Webhooks, received by a real HTTP server in a thread.

The server under test must be allowed to send to this machine: MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS=true and
MLFLOW_WEBHOOK_ALLOWED_SCHEMES=http,https. MLflow's own remembers for a minute who listens to what, unless
MLFLOW_WEBHOOK_CACHE_TTL=0.
"""

import base64
import hashlib
import hmac
import json
import threading
import time
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from mlflow import genai

SECRET = "a secret of this test's own"


class Receiver:
    """Keeps what is sent to it; answers 200 with `heard`, after the statuses that `answers` still holds."""

    def __init__(self):
        self.deliveries, self.answers, self.changed = [], [], threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.changed:
                    status = receiver.answers.pop(0) if receiver.answers else 200
                    receiver.deliveries.append({"path": self.path, "headers": self.headers, "body": body})
                    receiver.changed.notify_all()
                self.send_response(status)
                self.end_headers()
                self.wfile.write(b"heard")

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()

    def wait(self, name, count=1, path="/"):
        """The first deliveries of a model's or prompt's events to a path, once there are that many."""

        def of_model():
            return [
                delivery
                for delivery in self.deliveries
                if delivery["path"] == path and json.loads(delivery["body"])["data"]["name"] == name
            ]

        with self.changed:
            assert self.changed.wait_for(lambda: len(of_model()) >= count, timeout=20), f"{len(of_model())} came"
            return of_model()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture
def add_webhook(client, receiver, name):
    """Makes webhooks to a path of the receiver, and takes those that are left away."""
    made = []

    def add(*events, path="/", **options):
        webhook = client.create_webhook(name, receiver.url + path, list(events), **options)
        made.append(webhook.webhook_id)
        return webhook

    yield add
    left = {webhook.webhook_id for webhook in all_webhooks(client)}
    for webhook_id in left.intersection(made):
        client.delete_webhook(webhook_id)


def all_webhooks(client, max_results=None):
    found, token = [], None
    while True:
        page = client.list_webhooks(max_results, token)
        found += page
        token = page.token
        if not token:
            return found


def is_signed(delivery, secret=SECRET):
    """Whether a delivery is the sender's own and fresh, judged as MLflow's documentation says."""
    headers = delivery["headers"]
    sent = headers["X-MLflow-Delivery-Id"], headers["X-MLflow-Timestamp"], delivery["body"].decode()
    digest = hmac.new(secret.encode(), ".".join(sent).encode(), hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(digest).decode()
    is_fresh = abs(time.time() - int(headers["X-MLflow-Timestamp"])) < 300
    return hmac.compare_digest(headers["X-MLflow-Signature"], expected) and is_fresh


def events_of(deliveries):
    """Entity, action and data of each delivery; several may arrive in any order."""
    bodies = [json.loads(delivery["body"]) for delivery in deliveries]
    return {f"{body['entity']}.{body['action']}": body["data"] for body in bodies}


def test_a_webhook_reads_back_without_its_secret(client, add_webhook, receiver, name):
    made = add_webhook("registered_model.created", "model_version_tag.set", description="words", secret=SECRET)
    for read in (made, client.get_webhook(made.webhook_id)):
        assert (read.webhook_id, read.name, read.url) == (made.webhook_id, name, receiver.url + "/")
        assert {str(event) for event in read.events} == {"registered_model.created", "model_version_tag.set"}
        assert (read.description, str(read.status), read.secret) == ("words", "ACTIVE", None)
        assert read.creation_timestamp == read.last_updated_timestamp > 1_700_000_000_000


def test_a_webhook_is_changed_in_part(client, add_webhook, receiver, name):
    webhook_id = add_webhook("registered_model.created", description="words").webhook_id
    client.update_webhook(webhook_id, status="DISABLED")
    read = client.update_webhook(webhook_id, name=name + "-new", events=["model_version.created"])
    assert (read.name, str(read.status), read.description) == (name + "-new", "DISABLED", "words")
    assert [str(event) for event in client.get_webhook(webhook_id).events] == ["model_version.created"]
    assert client.update_webhook(webhook_id, url=receiver.url + "/other").url == receiver.url + "/other"


def test_webhooks_are_listed_in_pages(client, add_webhook):
    made = {add_webhook("registered_model.created").webhook_id for _ in range(3)}
    listed = [webhook.webhook_id for webhook in all_webhooks(client, max_results=2)]
    assert made <= set(listed) and len(listed) == len(set(listed))


def test_a_deleted_webhook_is_gone(client, add_webhook, refuses):
    webhook_id = add_webhook("registered_model.created").webhook_id
    client.delete_webhook(webhook_id)
    refuses("RESOURCE_DOES_NOT_EXIST", client.get_webhook, webhook_id)
    refuses("RESOURCE_DOES_NOT_EXIST", client.delete_webhook, webhook_id)
    refuses("RESOURCE_DOES_NOT_EXIST", client.update_webhook, webhook_id, name="other")


@pytest.mark.parametrize("url", ["", "not a url", "ftp://127.0.0.1/x", "file:///etc/passwd", "http://"])
def test_a_webhook_to_no_address_is_refused(client, name, refuses, url):
    refuses("INVALID_PARAMETER_VALUE", client.create_webhook, name, url, ["registered_model.created"])


@pytest.mark.parametrize("bad", ["", " ", "a/b", "n" * 64])
def test_a_bad_name_of_a_webhook_is_refused(client, receiver, refuses, bad):
    refuses("INVALID_PARAMETER_VALUE", client.create_webhook, bad, receiver.url, ["registered_model.created"])


def test_a_test_sends_an_example_and_tells_the_answer(client, add_webhook, receiver):
    webhook_id = add_webhook("model_version_alias.created", "registered_model.created", secret=SECRET).webhook_id
    result = client.test_webhook(webhook_id, "registered_model.created")
    assert (result.success, result.response_status, result.response_body) == (True, 200, "heard")
    delivery = receiver.deliveries[-1]
    body = json.loads(delivery["body"])
    assert (body["entity"], body["action"]) == ("registered_model", "created") and is_signed(delivery)
    assert set(body["data"]) == {"name", "tags", "description"}
    client.test_webhook(webhook_id)
    assert json.loads(receiver.deliveries[-1]["body"])["entity"] in ("model_version_alias", "registered_model")
    receiver.answers = [404]
    refused = client.test_webhook(webhook_id)
    assert (refused.success, refused.response_status) == (False, 404)


def test_a_test_of_a_dead_address_tells_why(client, add_webhook, receiver):
    webhook_id = add_webhook("registered_model.created").webhook_id
    receiver.server.shutdown()
    receiver.server.server_close()
    result = client.test_webhook(webhook_id)
    assert not result.success and result.error_message


def test_a_new_model_is_told_and_signed(client, add_webhook, receiver, name):
    add_webhook("registered_model.created", secret=SECRET)
    client.create_registered_model(name, tags={"team": "grün"}, description="words")
    delivery = receiver.wait(name)[0]
    assert is_signed(delivery) and not is_signed(delivery, secret="another")
    assert delivery["headers"]["Content-Type"] == "application/json"
    body = json.loads(delivery["body"])
    assert set(body) == {"entity", "action", "timestamp", "data"}
    assert (body["entity"], body["action"]) == ("registered_model", "created")
    assert body["data"] == {"name": name, "tags": {"team": "grün"}, "description": "words"}
    age = time.time() - datetime.fromisoformat(body["timestamp"].replace("Z", "+00:00")).timestamp()
    assert -60 < age < 60


def test_without_a_secret_nothing_is_signed(client, add_webhook, receiver, name):
    add_webhook("registered_model.created")
    client.create_registered_model(name)
    headers = receiver.wait(name)[0]["headers"]
    assert headers["X-MLflow-Delivery-Id"] and headers["X-MLflow-Signature"] is None


def test_a_new_secret_signs_from_then_on(client, add_webhook, receiver, name):
    webhook_id = add_webhook("registered_model.created", secret="old").webhook_id
    client.update_webhook(webhook_id, secret="new")
    client.create_registered_model(name)
    assert is_signed(receiver.wait(name)[0], secret="new")


def test_a_new_version_is_told(add_webhook, add_version, receiver, name):
    add_webhook("model_version.created", secret=SECRET)
    version = add_version(name, tags={"k": "v"}, description="words")
    delivery = receiver.wait(name)[0]
    assert is_signed(delivery)
    assert events_of([delivery]) == {
        "model_version.created": {
            "name": name,
            "version": "1",
            "source": version.source,
            "run_id": version.run_id,
            "tags": {"k": "v"},
            "description": "words",
        }
    }


def test_tags_and_aliases_of_versions_are_told(client, add_webhook, add_version, receiver, name):
    add_webhook(
        "model_version_tag.set",
        "model_version_tag.deleted",
        "model_version_alias.created",
        "model_version_alias.deleted",
    )
    add_version(name)
    client.set_model_version_tag(name, "1", "k", "v")
    client.delete_model_version_tag(name, "1", "k")
    client.set_registered_model_alias(name, "champion", "1")
    client.delete_registered_model_alias(name, "champion")
    assert events_of(receiver.wait(name, 4)) == {
        "model_version_tag.set": {"name": name, "version": "1", "key": "k", "value": "v"},
        "model_version_tag.deleted": {"name": name, "version": "1", "key": "k"},
        "model_version_alias.created": {"name": name, "alias": "champion", "version": "1"},
        "model_version_alias.deleted": {"name": name, "alias": "champion"},
    }


def test_prompts_are_told_as_prompts(client, add_webhook, receiver, name):
    add_webhook("registered_model.created", "model_version.created", path="/models")
    add_webhook("prompt.created", "prompt_version.created", "prompt_alias.created", path="/prompts")
    genai.register_prompt(name, "Say {{word}}.", commit_message="first", tags={"k": "v"})
    genai.set_prompt_alias(name, "production", 1)
    told = events_of(receiver.wait(name, 3, path="/prompts"))
    assert set(told) == {"prompt.created", "prompt_version.created", "prompt_alias.created"}
    version = told["prompt_version.created"]
    assert (version["name"], version["version"], version["template"]) == (name, "1", "Say {{word}}.")
    assert (version["description"], version["tags"]["k"]) == ("first", "v")
    client.create_registered_model(name + "-model")
    receiver.wait(name + "-model", path="/models")
    assert [delivery for delivery in receiver.deliveries if name.encode() + b'"' in delivery["body"]] == receiver.wait(
        name, path="/prompts"
    )


def test_a_disabled_webhook_gets_nothing_until_it_is_active(client, add_webhook, receiver, name):
    disabled = add_webhook("registered_model.created", path="/disabled", status="DISABLED").webhook_id
    add_webhook("model_version.created", path="/other")
    add_webhook("registered_model.created", path="/witness")
    client.create_registered_model(name)
    receiver.wait(name, path="/witness")
    client.update_webhook(disabled, status="ACTIVE")
    client.create_registered_model(name + "-2")
    receiver.wait(name + "-2", path="/witness")
    receiver.wait(name + "-2", path="/disabled")
    paths = sorted(delivery["path"] for delivery in receiver.deliveries if name.encode() in delivery["body"])
    assert paths == ["/disabled", "/witness", "/witness"]


def test_a_receiver_that_is_busy_hears_it_again(client, add_webhook, receiver, name):
    add_webhook("registered_model.created", secret=SECRET)
    receiver.answers = [503, 429]
    client.create_registered_model(name)
    deliveries = receiver.wait(name, 3)
    assert {is_signed(delivery) for delivery in deliveries} == {True}
    assert len({delivery["headers"]["X-MLflow-Delivery-Id"] for delivery in deliveries}) == 1
    assert len({delivery["body"] for delivery in deliveries}) == 1


def test_a_refused_call_tells_nothing(client, add_webhook, receiver, name, refuses):
    add_webhook("registered_model.created")
    client.create_registered_model(name)
    refuses("RESOURCE_ALREADY_EXISTS", client.create_registered_model, name)
    client.create_registered_model(name + "-2")
    receiver.wait(name + "-2")
    assert len(receiver.wait(name)) == 1
