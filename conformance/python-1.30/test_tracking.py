import mlflow
from mlflow.entities import Metric, Param, RunTag, ViewType


def test_experiments(client, name, error_code):
    experiment_id = client.create_experiment(name, tags={"k": "v"})
    assert client.get_experiment(experiment_id).tags == {"k": "v"}
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
    assert (read.info.status, read.data.tags["mlflow.runName"]) == ("FINISHED", "parent")
    assert (read.data.params, read.data.metrics) == ({"lr": "0.1"}, {"accuracy": 0.75})
    history = client.get_metric_history(parent.info.run_id, "accuracy")
    assert [(point.step, point.value) for point in history] == [(0, 0.5), (1, 0.75)]
    assert client.get_run(child.info.run_id).data.tags["mlflow.parentRunId"] == parent.info.run_id


def test_batches_and_errors(client, experiment, error_code):
    run_id = client.create_run(experiment).info.run_id
    client.log_batch(run_id, [Metric("m", step, 1_700_000_000_000 + step, step) for step in range(500)])
    client.log_batch(run_id, params=[Param("p", "1")], tags=[RunTag("t", "1")])
    assert len(client.get_metric_history(run_id, "m")) == 500
    client.set_terminated(run_id, "KILLED")
    assert client.get_run(run_id).info.status == "KILLED"
    assert error_code(client.log_param, run_id, "p", "2") == "INVALID_PARAMETER_VALUE"
    assert error_code(client.get_run, "0" * 32) == "RESOURCE_DOES_NOT_EXIST"


def test_runs_are_searched_in_pages(client, experiment):
    for i in range(5):
        run_id = client.create_run(experiment, tags={"mlflow.runName": f"r{i}"}).info.run_id
        client.log_metric(run_id, "x", i)
        client.set_terminated(run_id)
    condition = "metrics.x >= 1 and attributes.status = 'FINISHED'"
    pages, token = [], None
    while True:
        page = client.search_runs([experiment], condition, ViewType.ACTIVE_ONLY, 2, ["metrics.x DESC"], token)
        pages += [run.data.tags["mlflow.runName"] for run in page]
        token = page.token
        if not token:
            break
    assert pages == ["r4", "r3", "r2", "r1"]
    assert len(mlflow.search_runs([experiment], "metrics.x > 2")) == 2


def test_artifacts(client, experiment, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "b.txt").write_text("beta")
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(tmp_path), "tree")
        mlflow.log_dict({"a": 1}, "d.json")
    listed = [(file.path, file.is_dir) for file in client.list_artifacts(run.info.run_id)]
    assert listed == [("d.json", False), ("tree", True)]
    with open(client.download_artifacts(run.info.run_id, "tree/in/b.txt")) as file:
        assert file.read() == "beta"
