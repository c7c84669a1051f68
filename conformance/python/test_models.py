import mlflow
import numpy
import pandas
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV

X, Y = pandas.DataFrame({"a": [0.0, 1.0, 2.0]}), [0.0, 2.0, 4.0]


@pytest.fixture
def model(experiment):
    """What log_model tells of a linear model with a param, a metric and a signature."""
    with mlflow.start_run(run_name="model"):
        info = mlflow.sklearn.log_model(
            LinearRegression().fit(X, Y), name="line", input_example=X[:1], params={"alpha": 1}
        )
        mlflow.log_metric("rmse", 0.25, model_id=info.model_id)
    return info


def test_a_model_is_logged_and_loaded(client, model):
    for uri in (model.model_uri, f"runs:/{model.run_id}/line"):
        assert numpy.allclose(mlflow.pyfunc.load_model(uri).predict(X), Y)
    assert numpy.allclose(mlflow.sklearn.load_model(model.model_uri).predict(X), Y)
    assert mlflow.models.get_model_info(model.model_uri).signature.inputs.input_names() == ["a"]
    outputs = client.get_run(model.run_id).outputs.model_outputs
    assert [output.model_id for output in outputs] == [model.model_id]


def test_a_logged_model_reads_back(client, model, experiment):
    read = client.get_logged_model(model.model_id)
    assert (read.name, read.experiment_id, read.source_run_id) == ("line", experiment, model.run_id)
    assert str(read.status) == "READY" and read.params["alpha"] == "1"
    assert [(metric.key, metric.value, metric.run_id) for metric in read.metrics] == [("rmse", 0.25, model.run_id)]
    files = {file.path.rsplit("/", 1)[-1] for file in client.list_logged_model_artifacts(model.model_id)}
    assert {"MLmodel", "requirements.txt", "input_example.json"} <= files


def test_tags_of_a_logged_model(client, model):
    client.set_logged_model_tags(model.model_id, {"kept": "1", "gone": "2"})
    client.delete_logged_model_tag(model.model_id, "gone")
    tags = client.get_logged_model(model.model_id).tags
    assert tags["kept"] == "1" and "gone" not in tags


def test_logged_models_are_searched(client, model, experiment):
    def found(condition):
        return [read.model_id for read in client.search_logged_models([experiment], filter_string=condition)]

    client.set_logged_model_tags(model.model_id, {"stage": "draft"})
    for condition in (
        "name = 'line'",
        "name LIKE 'li%'",
        "metrics.rmse < 0.3",
        "params.alpha = '1'",
        "tags.stage = 'draft'",
        f"source_run_id = '{model.run_id}'",
    ):
        assert found(condition) == [model.model_id], condition
    assert found("metrics.rmse > 0.3") == [] and found("name = 'other'") == []


def test_logged_models_are_ordered_and_paged(client, experiment):
    for name in ("a", "b", "c"):
        mlflow.create_external_model(name=name, experiment_id=experiment)
    order = [{"field_name": "name", "ascending": False}]
    first = client.search_logged_models([experiment], order_by=order, max_results=2)
    assert [read.name for read in first] == ["c", "b"] and first.token
    second = client.search_logged_models([experiment], order_by=order, max_results=2, page_token=first.token)
    assert [read.name for read in second] == ["a"] and not second.token


def test_a_deleted_logged_model_is_gone(client, experiment, refuses):
    model_id = mlflow.create_external_model(name="gone", experiment_id=experiment).model_id
    client.delete_logged_model(model_id)
    refuses("RESOURCE_DOES_NOT_EXIST", client.get_logged_model, model_id)
    refuses("RESOURCE_DOES_NOT_EXIST", client.get_logged_model, "m-" + "0" * 32)


def test_autologging_a_grid_search(client, experiment):
    mlflow.sklearn.autolog(log_datasets=True, silent=True)
    with mlflow.start_run() as run:
        GridSearchCV(LogisticRegression(max_iter=200), {"C": [0.1, 1.0, 10.0]}, cv=2).fit(*load_iris(return_X_y=True))
    read = client.get_run(run.info.run_id)
    assert float(read.data.params["best_C"]) in (0.1, 1.0, 10.0)
    assert 0 < read.data.metrics["best_cv_score"] <= 1 and 0 < read.data.metrics["training_score"] <= 1
    assert len(read.inputs.dataset_inputs) == 1
    children = client.search_runs([experiment], f"tags.mlflow.parentRunId = '{run.info.run_id}'")
    assert {child.data.params["C"] for child in children} == {"0.1", "1.0", "10.0"}
    files = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert {"cv_results.csv", "estimator.html", "training_confusion_matrix.png"} <= files
    best = mlflow.sklearn.load_model(f"runs:/{run.info.run_id}/best_estimator")
    assert best.predict(load_iris().data[:1]).shape == (1,)


def test_a_custom_python_model(experiment):
    class Twice(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input):
            return model_input * 2

    with mlflow.start_run():
        info = mlflow.pyfunc.log_model(name="twice", python_model=Twice(), pip_requirements=["numpy"])
    assert mlflow.pyfunc.load_model(info.model_uri).predict(numpy.array([1, 2])).tolist() == [2, 4]
