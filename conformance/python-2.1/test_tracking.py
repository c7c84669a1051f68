import mlflow
import pytest
from mlflow.entities import Metric, Param, RunTag, ViewType


def error_code(function, *arguments):
    with pytest.raises(mlflow.MlflowException) as refusal:
        function(*arguments)
    return refusal.value.error_code


def test_experiments(client, name):
    experiment_id = client.create_experiment(name, tags={"k": "v"})
    assert client.get_experiment(experiment_id).tags == {"k": "v"}
    assert client.get_experiment_by_name(name).experiment_id == experiment_id
    assert error_code(client.create_experiment, name) == "RESOURCE_ALREADY_EXISTS"
    client.rename_experiment(experiment_id, name + "-renamed")
    client.delete_experiment(experiment_id)
    assert client.get_experiment(experiment_id).lifecycle_stage == "deleted"
    client.restore_experiment(experiment_id)
    found = client.search_experiments(filter_string=f"name = '{name}-renamed'")
    assert [experiment.experiment_id for experiment in found] == [experiment_id]


def test_fluent_and_nested_runs(client, experiment):
    with mlflow.start_run(run_name="parent") as parent:
        mlflow.log_param("lr", 0.1)
        mlflow.log_metric("accuracy", 0.5, step=0)
        mlflow.log_metric("accuracy", 0.75, step=1)
        with mlflow.start_run(run_name="child", nested=True) as child:
            mlflow.log_metrics({"m": 1, "n": 2})
    read = client.get_run(parent.info.run_id)
    assert read.info.status == "FINISHED" and read.info.run_name == "parent"
    assert read.data.params == {"lr": "0.1"} and read.data.metrics == {"accuracy": 0.75}
    assert [(m.step, m.value) for m in client.get_metric_history(parent.info.run_id, "accuracy")] == [(0, 0.5), (1, 0.75)]
    assert client.get_run(child.info.run_id).data.tags["mlflow.parentRunId"] == parent.info.run_id


def test_batches_termination_and_errors(client, experiment):
    run_id = client.create_run(experiment).info.run_id
    points = [Metric("m", step, 1_700_000_000_000 + step, step) for step in range(1000)]
    client.log_batch(run_id, points)
    client.log_batch(run_id, params=[Param("p", "1")], tags=[RunTag("t", "1")])
    assert len(client.get_metric_history(run_id, "m")) == 1000
    client.set_terminated(run_id, "KILLED")
    assert client.get_run(run_id).info.status == "KILLED"
    assert error_code(client.log_param, run_id, "p", "2") == "INVALID_PARAMETER_VALUE"
    assert error_code(client.get_run, "0" * 32) == "RESOURCE_DOES_NOT_EXIST"
    client.delete_run(run_id)
    assert error_code(client.set_tag, run_id, "t", "2") == "INVALID_PARAMETER_VALUE"
    client.restore_run(run_id)
    client.set_tag(run_id, "t", "2")


def test_search_with_filters_orders_and_pages(client, experiment):
    for i in range(5):
        run_id = client.create_run(experiment, tags={"group": "AB"[i % 2], "mlflow.runName": f"r{i}"}).info.run_id
        client.log_metric(run_id, "x", i)
        client.log_param(run_id, "q", f"v{i}")
        client.set_terminated(run_id)
    condition = "metrics.x >= 1 and params.q != 'v4' and attributes.status = 'FINISHED'"
    pages, token = [], None
    while True:
        page = client.search_runs([experiment], condition, ViewType.ACTIVE_ONLY, 2, ["metrics.x DESC"], token)
        pages += [run.data.tags["mlflow.runName"] for run in page]
        token = page.token
        if not token:
            break
    assert pages == ["r3", "r2", "r1"]
    assert len(mlflow.search_runs([experiment], "tags.group = 'A'")) == 3


def test_artifacts(client, experiment, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "b.txt").write_text("beta")
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(tmp_path), "tree")
        mlflow.log_dict({"a": 1}, "d.json")
    assert [(f.path, f.is_dir) for f in client.list_artifacts(run.info.run_id)] == [("d.json", False), ("tree", True)]
    copy = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="tree/in/b.txt")
    with open(copy) as file:
        assert file.read() == "beta"


def test_a_model_is_logged_and_loaded(experiment):
    import numpy

    class Twice(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input):
            return model_input * 2

    with mlflow.start_run() as run:
        mlflow.pyfunc.log_model("twice", python_model=Twice(), pip_requirements=["numpy"])
    model = mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/twice")
    assert model.predict(numpy.array([1, 2])).tolist() == [2, 4]
