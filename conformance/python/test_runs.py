import mlflow
import pytest
from mlflow.entities import Param, RunTag, ViewType


def test_the_fluent_api_logs_a_whole_run(client, experiment):
    with mlflow.start_run(run_name="first", tags={"kind": "demo"}, description="what it is") as run:
        mlflow.log_param("learning rate", 0.01)
        mlflow.log_params({"depth": 3, "layers/first.size": "10 x 10", "none": None, "empty": ""})
        mlflow.log_metric("loss", 2.5)
        mlflow.log_metrics({"accuracy": 0.5, "f1": 0.25}, step=4)
        mlflow.set_tags({"a.b/c-d_e f": "grüße 🚀", "empty": ""})
    read = client.get_run(run.info.run_id)
    assert read.data.params == {
        "learning rate": "0.01",
        "depth": "3",
        "layers/first.size": "10 x 10",
        "none": "None",
        "empty": "",
    }
    assert read.data.metrics == {"loss": 2.5, "accuracy": 0.5, "f1": 0.25}
    own_tags = {key: value for key, value in read.data.tags.items() if not key.startswith("mlflow.")}
    assert own_tags == {"kind": "demo", "a.b/c-d_e f": "grüße 🚀", "empty": ""}
    assert read.data.tags["mlflow.note.content"] == "what it is"
    assert read.data.tags["mlflow.runName"] == read.info.run_name == "first"
    assert read.info.status == "FINISHED" and read.info.end_time >= read.info.start_time > 1_600_000_000_000
    assert mlflow.last_active_run().info.run_id == run.info.run_id


def test_nested_runs_know_their_parent(client, experiment):
    with mlflow.start_run(run_name="parent") as parent:
        for fold in range(3):
            with mlflow.start_run(run_name=f"fold {fold}", nested=True):
                mlflow.log_metric("fold", fold)
    children = client.search_runs([experiment], f"tags.mlflow.parentRunId = '{parent.info.run_id}'")
    assert {child.info.run_name for child in children} == {"fold 0", "fold 1", "fold 2"}
    assert mlflow.get_parent_run(children[0].info.run_id).info.run_id == parent.info.run_id


def test_a_run_that_raises_is_failed(client, experiment):
    with pytest.raises(ZeroDivisionError):
        with mlflow.start_run() as run:
            1 / 0
    assert client.get_run(run.info.run_id).info.status == "FAILED"


def test_a_run_is_resumed_by_its_id(client, experiment):
    with mlflow.start_run() as run:
        mlflow.log_param("a", 1)
    with mlflow.start_run(run_id=run.info.run_id):
        assert client.get_run(run.info.run_id).info.status == "RUNNING"
        mlflow.log_param("b", 2)
    assert client.get_run(run.info.run_id).data.params == {"a": "1", "b": "2"}


def test_status_end_time_and_name_are_updated(client, experiment):
    run_id = client.create_run(experiment, start_time=1_700_000_000_000, run_name="before").info.run_id
    assert client.get_run(run_id).info.status == "RUNNING"
    client.update_run(run_id, status="SCHEDULED", name="after")
    info = client.get_run(run_id).info
    assert (info.status, info.run_name, info.start_time) == ("SCHEDULED", "after", 1_700_000_000_000)
    client.set_terminated(run_id, "KILLED", end_time=1_700_000_001_234)
    info = client.get_run(run_id).info
    assert (info.status, info.end_time) == ("KILLED", 1_700_000_001_234)


def test_a_run_without_a_name_gets_one(client, experiment):
    run = client.create_run(experiment)
    assert run.info.run_name and run.data.tags["mlflow.runName"] == run.info.run_name


def test_a_renaming_tag_renames_the_run(client, experiment):
    run_id = client.create_run(experiment).info.run_id
    client.set_tag(run_id, "mlflow.runName", "by tag")
    assert client.get_run(run_id).info.run_name == "by tag"


def test_tags_are_replaced_and_removed(client, experiment, refuses):
    run_id = client.create_run(experiment, tags={"stage": "draft"}).info.run_id
    client.set_tag(run_id, "stage", "final")
    client.set_tag(run_id, "gone", "x")
    client.delete_tag(run_id, "gone")
    tags = client.get_run(run_id).data.tags
    assert tags["stage"] == "final" and "gone" not in tags
    refuses("RESOURCE_DOES_NOT_EXIST", client.delete_tag, run_id, "gone")


def test_a_param_is_written_once(client, experiment, refuses):
    run_id = client.create_run(experiment).info.run_id
    client.log_param(run_id, "seed", 1)
    client.log_param(run_id, "seed", 1)
    assert "Changing param values is not allowed" in refuses(
        "INVALID_PARAMETER_VALUE", client.log_param, run_id, "seed", 2
    )
    assert client.get_run(run_id).data.params == {"seed": "1"}


def test_a_refused_batch_leaves_nothing(client, experiment, refuses):
    run_id = client.create_run(experiment).info.run_id
    client.log_param(run_id, "fixed", "1")
    refuses(
        "INVALID_PARAMETER_VALUE",
        client.log_batch,
        run_id,
        params=[Param("new", "1"), Param("fixed", "2")],
        tags=[RunTag("new", "1")],
    )
    data = client.get_run(run_id).data
    assert data.params == {"fixed": "1"} and "new" not in data.tags


def test_a_deleted_run_takes_no_writes_until_restored(client, experiment, refuses):
    run_id = client.create_run(experiment, run_name="deleted").info.run_id
    client.delete_run(run_id)
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    refuses("INVALID_PARAMETER_VALUE", client.log_metric, run_id, "m", 1)
    refuses("INVALID_PARAMETER_VALUE", client.log_param, run_id, "p", 1)
    refuses("INVALID_PARAMETER_VALUE", client.set_tag, run_id, "t", 1)
    assert len(client.search_runs([experiment])) == 0
    assert len(client.search_runs([experiment], run_view_type=ViewType.DELETED_ONLY)) == 1
    client.restore_run(run_id)
    client.log_metric(run_id, "m", 1)
    assert client.get_run(run_id).data.metrics == {"m": 1}


def test_unknown_runs_and_bad_values_are_refused(client, experiment, refuses):
    refuses("RESOURCE_DOES_NOT_EXIST", client.get_run, "f" * 32)
    refuses("RESOURCE_DOES_NOT_EXIST", client.create_run, "999999999")
    run_id = client.create_run(experiment).info.run_id
    refuses("INVALID_PARAMETER_VALUE", client.log_param, run_id, "k" * 251, "v")
    refuses("INVALID_PARAMETER_VALUE", client.log_metric, run_id, "what?", 1)
    refuses("INVALID_PARAMETER_VALUE", client.log_param, run_id, "../up", "v")
