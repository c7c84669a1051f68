"""Databricks' SDK over the registry. Each user is told by the name that the SDK signs in with."""

import mlflow
import pytest
import requests
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import NotFound, PermissionDenied, ResourceAlreadyExists, ResourceDoesNotExist
from databricks.sdk.service.ml import ActivityAction, ActivityType, ModelTag, ModelVersionTag

SOURCE = "s3://bucket/some/model"


def registry_of(user):
    host = mlflow.get_tracking_uri()
    return WorkspaceClient(host=host, auth_type="basic", username=user, password="unused").model_registry


@pytest.fixture
def alice():
    return registry_of("alice")


@pytest.fixture
def bob():
    return registry_of("bob")


@pytest.fixture
def version(trackway, alice, name):
    """The name of a model whose versions 1 and 2 are alice's, on a server that has transition requests."""
    alice.create_model(name)
    for _ in range(2):
        alice.create_model_version(name, SOURCE)
    return name


@pytest.fixture
def guarded(trackway, version):
    """The same where a version gets to Production by somebody else's approval only."""
    change_settings(trackway, version, approvals=[{"to_stage": "Production"}], allow_self_approval=False)
    return version


def change_settings(url, name, **settings):
    reply = requests.patch(
        f"{url}/api/trackway/v1/registered-models/settings",
        json={"name": name, **settings},
        auth=("alice", "unused"),
        timeout=10,
    )
    assert reply.status_code == 200, reply.text


def activities_of(url, name, version):
    """What was done with a version, the oldest first."""
    reply = requests.get(
        f"{url}/api/trackway/v1/model-versions/activities", params={"name": name, "version": version}, timeout=10
    )
    return list(reversed(reply.json().get("activities", [])))


def stage_of(registry, name, version="1"):
    return registry.get_model_version(name, version).model_version.current_stage


def test_models_are_made_read_and_changed(alice, name):
    made = alice.create_model(name, description="words", tags=[ModelTag("team", "blue")]).registered_model
    assert (made.name, made.description, made.tags) == (name, "words", [ModelTag("team", "blue")])
    assert alice.update_model(name, description="other words").registered_model.description == "other words"
    alice.set_model_tag(name, "team", "red")
    assert alice.rename_model(name, new_name=name + "-new").registered_model.name == name + "-new"
    found = list(alice.search_models(filter=f"name = '{name}-new'"))
    assert [(model.name, model.tags) for model in found] == [(name + "-new", [ModelTag("team", "red")])]


def test_versions_are_made_read_and_changed(alice, name):
    alice.create_model(name)
    made = alice.create_model_version(
        name, SOURCE, description="words", run_link="https://ci.example/7", tags=[ModelVersionTag("k", "v")]
    ).model_version
    read = alice.get_model_version(name, "1").model_version
    for one in (made, read):
        assert (one.name, one.version, one.source, one.run_link) == (name, "1", SOURCE, "https://ci.example/7")
        assert (one.description, one.current_stage, one.status.value) == ("words", "None", "READY")
        assert one.tags == [ModelVersionTag("k", "v")]
    assert alice.get_model_version_download_uri(name, "1").artifact_uri == SOURCE
    alice.update_model_version(name, "1", description="other words")
    alice.set_model_version_tag(name, "1", "stage", "draft")
    read = alice.get_model_version(name, "1").model_version
    assert read.description == "other words"
    assert {tag.key: tag.value for tag in read.tags} == {"k": "v", "stage": "draft"}


def test_models_versions_and_tags_are_deleted(alice, version):
    # This SDK names what is to be deleted in the query, which MLflow's own server does not read.
    alice.set_model_tag(version, "gone", "x")
    alice.delete_model_tag(version, "gone")
    alice.set_model_version_tag(version, "2", "gone", "x")
    alice.delete_model_version_tag(version, "2", "gone")
    assert alice.get_model(version).registered_model_databricks.tags in (None, [])
    assert alice.get_model_version(version, "2").model_version.tags in (None, [])
    alice.delete_model_version(version, "1")
    with pytest.raises(ResourceDoesNotExist):
        alice.get_model_version(version, "1")
    alice.delete_model(version)
    assert list(alice.search_models(filter=f"name = '{version}'")) == []


def test_searches_walk_all_pages(alice, name):
    alice.create_model(name)
    for _ in range(5):
        alice.create_model_version(name, SOURCE)
    found = alice.search_model_versions(filter=f"name = '{name}'", max_results=2, order_by=["version_number ASC"])
    assert [version.version for version in found] == list("12345")
    for i in range(3):
        alice.create_model(f"{name}-{i}")
    found = alice.search_models(filter=f"name LIKE '{name}-%'", max_results=2, order_by=["name DESC"])
    assert [model.name[-1] for model in found] == list("210")
    assert [version.version for version in alice.get_latest_versions(name, stages=["None"])] == ["5"]


def test_errors_are_of_the_kinds_of_databricks(alice, name):
    alice.create_model(name)
    with pytest.raises(ResourceAlreadyExists):
        alice.create_model(name)
    with pytest.raises(ResourceDoesNotExist):
        alice.create_model_version(name + "-absent", SOURCE)
    with pytest.raises(NotFound):
        alice.get_model_version(name, "9")


def test_a_model_reads_back_as_databricks_tells_it(alice, version):
    alice.update_model(version, description="words")
    alice.set_model_tag(version, "team", "blue")
    model = alice.get_model(version).registered_model_databricks
    assert (model.name, model.description, model.tags) == (version, "words", [ModelTag("team", "blue")])
    assert model.id and [latest.version for latest in model.latest_versions] == ["2"]
    alice.rename_model(version, new_name=version + "-new")
    assert alice.get_model(version + "-new").registered_model_databricks.id == model.id
    with pytest.raises(NotFound):
        alice.get_model(version)


def test_all_models_are_listed(alice, version):
    names = [model.name for model in alice.list_models(max_results=100)]
    assert version in names and len(names) == len(set(names))


def test_who_made_a_version_is_told(alice, bob, version):
    bob.create_model_version(version, SOURCE)
    makers = [alice.get_model_version(version, number).model_version.user_id for number in "123"]
    assert makers == ["alice", "alice", "bob"]


def test_a_transition_request_is_listed_until_it_is_decided(alice, bob, version):
    made = alice.create_transition_request(version, "1", "staging", comment="passes all tests").request
    assert (made.to_stage, made.user_id, made.comment) == ("Staging", "alice", "passes all tests")
    assert made.creation_timestamp > 1_700_000_000_000
    listed = list(bob.list_transition_requests(version, "1"))
    assert [(one.to_stage, one.user_id, one.comment) for one in listed] == [("Staging", "alice", "passes all tests")]
    assert listed[0].activity_type == ActivityType.REQUESTED_TRANSITION and listed[0].id
    assert stage_of(bob, version) == "None" and list(bob.list_transition_requests(version, "2")) == []
    bob.approve_transition_request(version, "1", "Staging", False)
    assert list(bob.list_transition_requests(version, "1")) == []


def test_an_approved_request_moves_the_version(alice, bob, version):
    alice.create_transition_request(version, "1", "Staging")
    activity = bob.approve_transition_request(version, "1", "Staging", False, comment="looks good").activity
    assert activity.activity_type == ActivityType.APPROVED_REQUEST
    assert (activity.user_id, activity.comment) == ("bob", "looks good")
    assert (activity.from_stage, activity.to_stage) == ("None", "Staging")
    assert stage_of(alice, version) == "Staging"


def test_an_approval_archives_existing_versions_when_asked(alice, bob, version):
    alice.transition_stage(version, "1", "Production", False)
    alice.create_transition_request(version, "2", "Production")
    bob.approve_transition_request(version, "2", "Production", True)
    assert [stage_of(alice, version, number) for number in "12"] == ["Archived", "Production"]


def test_an_approval_closes_all_requests_for_the_stage(alice, bob, version):
    alice.create_transition_request(version, "1", "Staging")
    bob.create_transition_request(version, "1", "Staging")
    alice.create_transition_request(version, "1", "Production")
    registry_of("carol").approve_transition_request(version, "1", "Staging", False)
    assert [one.to_stage for one in alice.list_transition_requests(version, "1")] == ["Production"]


def test_each_user_has_one_open_request_for_a_stage(alice, bob, version):
    alice.create_transition_request(version, "1", "Staging", comment="first")
    with pytest.raises(ResourceAlreadyExists):
        alice.create_transition_request(version, "1", "STAGING", comment="second")
    bob.create_transition_request(version, "1", "Staging")
    alice.create_transition_request(version, "1", "Archived")
    alice.create_transition_request(version, "2", "Staging")
    listed = alice.list_transition_requests(version, "1")
    assert [(one.user_id, one.to_stage) for one in listed] == [
        ("alice", "Staging"),
        ("bob", "Staging"),
        ("alice", "Archived"),
    ]


def test_a_rejected_request_moves_nothing(alice, bob, version):
    alice.create_transition_request(version, "1", "Staging")
    activity = bob.reject_transition_request(version, "1", "Staging", comment="not yet").activity
    assert activity.activity_type == ActivityType.REJECTED_REQUEST
    assert (activity.user_id, activity.comment, activity.to_stage) == ("bob", "not yet", "Staging")
    assert stage_of(alice, version) == "None" and list(alice.list_transition_requests(version, "1")) == []
    alice.create_transition_request(version, "1", "Staging")


def test_a_request_is_taken_back_by_who_made_it(alice, bob, version):
    alice.create_transition_request(version, "1", "Staging")
    bob.create_transition_request(version, "1", "Staging")
    with pytest.raises(PermissionDenied):
        bob.delete_transition_request(version, "1", "Staging", "alice")
    activity = alice.delete_transition_request(version, "1", "Staging", "alice", comment="too early").activity
    assert activity.activity_type == ActivityType.CANCELLED_REQUEST
    assert [one.user_id for one in alice.list_transition_requests(version, "1")] == ["bob"]
    with pytest.raises(ResourceDoesNotExist):
        alice.delete_transition_request(version, "1", "Staging", "alice")


def test_what_nobody_asked_for_is_not_decided(alice, bob, version):
    for number in ("1", "9"):
        with pytest.raises(ResourceDoesNotExist):
            bob.approve_transition_request(version, number, "Production", False)
        with pytest.raises(ResourceDoesNotExist):
            bob.reject_transition_request(version, number, "Production")
    alice.create_transition_request(version, "1", "Production")
    bob.approve_transition_request(version, "1", "Production", False)
    with pytest.raises(ResourceDoesNotExist):
        bob.approve_transition_request(version, "1", "Production", False)
    assert stage_of(alice, version) == "Production"


def test_requests_for_what_is_not_there_are_refused(alice, version):
    with pytest.raises(Exception, match="Nowhere"):
        alice.create_transition_request(version, "1", "Nowhere")
    with pytest.raises(ResourceDoesNotExist):
        alice.create_transition_request(version, "9", "Staging")
    with pytest.raises(ResourceDoesNotExist):
        alice.create_transition_request(version + "-absent", "1", "Staging")
    assert list(alice.list_transition_requests(version, "1")) == []


def test_a_version_is_moved_with_a_comment(alice, version):
    moved = alice.transition_stage(version, "1", "production", False, comment="by hand").model_version_databricks
    assert (moved.name, moved.version, moved.current_stage) == (version, "1", "Production")
    alice.transition_stage(version, "2", "Production", True)
    assert [stage_of(alice, version, number) for number in "12"] == ["Archived", "Production"]


def test_a_guarded_stage_is_reached_by_approval_only(alice, bob, client, refuses, guarded):
    with pytest.raises(PermissionDenied):
        alice.transition_stage(guarded, "1", "Production", False)
    refuses("PERMISSION_DENIED", client.transition_model_version_stage, guarded, "1", "production")
    assert stage_of(alice, guarded) == "None"
    alice.transition_stage(guarded, "1", "Staging", False)
    alice.create_transition_request(guarded, "1", "Production")
    with pytest.raises(PermissionDenied):
        alice.approve_transition_request(guarded, "1", "Production", False)
    assert stage_of(alice, guarded) == "Staging" and len(list(alice.list_transition_requests(guarded, "1"))) == 1
    bob.approve_transition_request(guarded, "1", "Production", False)
    assert stage_of(alice, guarded) == "Production"


def test_a_model_may_allow_to_approve_ones_own_request(trackway, alice, guarded):
    change_settings(trackway, guarded, allow_self_approval=True)
    with pytest.raises(PermissionDenied):
        alice.transition_stage(guarded, "1", "Production", False)
    alice.create_transition_request(guarded, "1", "Production")
    alice.approve_transition_request(guarded, "1", "Production", False)
    assert stage_of(alice, guarded) == "Production"


def test_an_approval_may_be_for_one_way_into_a_stage(trackway, alice, version):
    change_settings(trackway, version, approvals=[{"from_stage": "Staging", "to_stage": "Production"}])
    alice.transition_stage(version, "1", "Production", False)
    alice.transition_stage(version, "2", "Staging", False)
    with pytest.raises(PermissionDenied):
        alice.transition_stage(version, "2", "Production", False)
    assert [stage_of(alice, version, number) for number in "12"] == ["Production", "Staging"]


def test_a_request_tells_who_made_it_that_it_can_be_taken_back(alice, version):
    made = alice.create_transition_request(version, "1", "Production").request
    assert ActivityAction.CANCEL_TRANSITION_REQUEST in made.available_actions


def test_comments_are_made_changed_and_deleted_by_who_wrote_them(alice, bob, version):
    made = alice.create_comment(version, "1", "the recall is low, grüße").comment
    assert (made.comment, made.user_id) == ("the recall is low, grüße", "alice") and made.id
    changed = alice.update_comment(made.id, "the recall is fine").comment
    assert (changed.id, changed.comment, changed.creation_timestamp) == (
        made.id,
        "the recall is fine",
        made.creation_timestamp,
    )
    assert changed.last_updated_timestamp >= made.last_updated_timestamp
    with pytest.raises(PermissionDenied):
        bob.update_comment(made.id, "mine now")
    with pytest.raises(PermissionDenied):
        bob.delete_comment(made.id)
    alice.delete_comment(made.id)
    with pytest.raises(ResourceDoesNotExist):
        alice.delete_comment(made.id)
    with pytest.raises(ResourceDoesNotExist):
        alice.create_comment(version, "9", "about nothing")


def test_all_that_was_done_with_a_version_is_kept(trackway, alice, bob, version):
    alice.transition_stage(version, "2", "Production", False, comment="for a start")
    alice.create_comment(version, "1", "better than 2")
    alice.create_transition_request(version, "1", "Production", comment="please")
    bob.reject_transition_request(version, "1", "Production", comment="not yet")
    alice.create_transition_request(version, "1", "Production", comment="now")
    bob.approve_transition_request(version, "1", "Production", True, comment="yes")
    log = [(one["activity_type"], one["user_id"], one.get("comment")) for one in activities_of(trackway, version, "1")]
    for done in (
        ("NEW_COMMENT", "alice", "better than 2"),
        ("REQUESTED_TRANSITION", "alice", "please"),
        ("REJECTED_REQUEST", "bob", "not yet"),
        ("REQUESTED_TRANSITION", "alice", "now"),
        ("APPROVED_REQUEST", "bob", "yes"),
    ):
        assert log.count(done) == 1, (done, log)
    assert [one[0] for one in log].index("REJECTED_REQUEST") < [one[0] for one in log].index("APPROVED_REQUEST")
    log = [(one["activity_type"], one.get("to_stage")) for one in activities_of(trackway, version, "2")]
    assert log == [("APPLIED_TRANSITION", "Production"), ("SYSTEM_TRANSITION", "Archived")]


def test_requests_end_with_their_version(alice, version):
    alice.create_transition_request(version, "1", "Staging")
    alice.delete_model_version(version, "1")
    with pytest.raises(ResourceDoesNotExist):
        list(alice.list_transition_requests(version, "1"))
    with pytest.raises(ResourceDoesNotExist):
        alice.approve_transition_request(version, "1", "Staging", False)
