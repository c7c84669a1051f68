import json
from pathlib import Path

import mlflow
import numpy
import pandas
import pytest
from mlflow.models import infer_signature
from sklearn.linear_model import LinearRegression

FRAME = pandas.DataFrame({"x": [1.0, 2.0, 3.0]})


def log_times(factor, **options):
    """Logs a model that multiplies by a factor, in a run of its own."""

    class Times(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input):
            return model_input * factor

    with mlflow.start_run():
        return mlflow.pyfunc.log_model(name="times", python_model=Times(), pip_requirements=["numpy"], **options)


def outcome(uri):
    return mlflow.pyfunc.load_model(uri).predict(numpy.array([1, 2])).tolist()


@pytest.fixture
def registered(experiment, name):
    """What log_model tells of two versions: the first doubles, the second triples."""
    return [log_times(factor, registered_model_name=name) for factor in (2, 3)]


def test_logging_under_a_registered_name_makes_versions(client, registered, name):
    assert [str(info.registered_model_version) for info in registered] == ["1", "2"]
    for number, info in enumerate(registered, 1):
        version = client.get_model_version(name, str(number))
        assert (version.name, str(version.version)) == (name, str(number))
        assert (version.source, version.run_id) == (f"models:/{info.model_id}", info.run_id)
        assert (version.status, version.current_stage) == ("READY", "None")
        assert version.creation_timestamp == version.last_updated_timestamp > 1_700_000_000_000
        # MLflow's own server keeps the logged model's id and does not tell it.
        assert version.model_id in (None, info.model_id)
    assert client.get_registered_model(name).name == name


def test_versions_load_by_number_alias_stage_and_latest(client, registered, name):
    client.set_registered_model_alias(name, "champion", "1")
    client.transition_model_version_stage(name, "1", "Production")
    client.transition_model_version_stage(name, "2", "Staging")
    for reference, result in (
        ("/1", [2, 4]),
        ("/2", [3, 6]),
        ("@champion", [2, 4]),
        ("/Production", [2, 4]),
        ("/staging", [3, 6]),
        ("/latest", [3, 6]),
    ):
        assert outcome(f"models:/{name}{reference}") == result, reference
    client.set_registered_model_alias(name, "champion", "2")
    assert outcome(f"models:/{name}@champion") == [3, 6]


def test_a_logged_model_is_registered_by_its_id(client, experiment, name):
    info = log_times(5)
    version = mlflow.register_model(f"models:/{info.model_id}", name, tags={"from": "id"})
    assert (str(version.version), version.status, version.tags) == ("1", "READY", {"from": "id"})
    read = client.get_model_version(name, "1")
    assert (read.source, read.run_id, read.tags) == (f"models:/{info.model_id}", info.run_id, {"from": "id"})
    assert outcome(f"models:/{name}/1") == [5, 10]


def test_a_logged_model_is_registered_by_its_run(experiment, name):
    info = log_times(6)
    version = mlflow.register_model(f"runs:/{info.run_id}/times", name)
    assert (version.run_id, version.source) == (info.run_id, f"models:/{info.model_id}")
    assert outcome(f"models:/{name}/1") == [6, 12]


def test_files_of_a_run_are_registered(experiment, name, tmp_path):
    mlflow.sklearn.save_model(LinearRegression().fit(FRAME, [2.0, 4.0, 6.0]), tmp_path / "line")
    with mlflow.start_run() as run:
        mlflow.log_artifacts(tmp_path / "line", "line")
    version = mlflow.register_model(f"runs:/{run.info.run_id}/line", name)
    assert (version.run_id, version.source) == (run.info.run_id, f"{run.info.artifact_uri}/line")
    assert numpy.allclose(mlflow.sklearn.load_model(f"models:/{name}/1").predict(FRAME), [2, 4, 6])


def test_a_version_is_registered_again_under_another_name(registered, name):
    again = mlflow.register_model(f"models:/{name}/2", name + "-again")
    assert (str(again.version), again.source, again.run_id) == ("1", f"models:/{name}/2", registered[1].run_id)
    assert outcome(f"models:/{name}-again/1") == [3, 6]


def test_a_version_is_copied_with_its_tags_and_lineage(client, registered, name):
    client.set_model_version_tag(name, "2", "validated", "yes")
    client.update_model_version(name, "2", "the better one")
    client.transition_model_version_stage(name, "2", "Staging")
    client.set_registered_model_alias(name, "candidate", "2")
    for number, reference in enumerate(("/2", "@candidate"), 1):
        copy = client.copy_model_version(f"models:/{name}{reference}", name + "-copy")
        assert (copy.name, str(copy.version), copy.source) == (name + "-copy", str(number), f"models:/{name}/2")
    read = client.get_model_version(name + "-copy", "1")
    assert (read.run_id, read.tags) == (registered[1].run_id, {"validated": "yes"})
    assert (read.description, read.current_stage, read.aliases) == ("the better one", "None", [])
    assert outcome(f"models:/{name}-copy/1") == [3, 6]
    with pytest.raises(mlflow.MlflowException, match="not found"):
        client.copy_model_version(f"models:/{name}/9", name + "-copy")


def test_files_of_a_version_are_found_and_downloaded(client, registered, name, tmp_path):
    uri = client.get_model_version_download_uri(name, "1")
    assert registered[0].model_id in uri
    folder = Path(mlflow.artifacts.download_artifacts(f"models:/{name}/1", dst_path=str(tmp_path)))
    assert {"MLmodel", "python_model.pkl", "requirements.txt"} <= {path.name for path in folder.iterdir()}
    file = mlflow.artifacts.download_artifacts(f"models:/{name}/1/MLmodel")
    assert registered[0].model_id in Path(file).read_text()


def test_a_copy_of_a_copy_leads_to_the_same_files(client, registered, name):
    client.copy_model_version(f"models:/{name}/1", name + "-b")
    client.copy_model_version(f"models:/{name}-b/1", name + "-c")
    uris = {client.get_model_version_download_uri(model, "1") for model in (name, name + "-b", name + "-c")}
    assert len(uris) == 1
    assert outcome(f"models:/{name}-c/1") == [2, 4]


def test_signature_and_input_example_come_back(experiment, name):
    with mlflow.start_run():
        mlflow.sklearn.log_model(
            LinearRegression().fit(FRAME, [2.0, 4.0, 6.0]),
            name="line",
            signature=infer_signature(FRAME, numpy.array([2.0])),
            input_example=FRAME[:1],
            registered_model_name=name,
        )
    info = mlflow.models.get_model_info(f"models:/{name}/1")
    assert info.signature.inputs.input_names() == ["x"] and info.signature.outputs is not None
    model = mlflow.pyfunc.load_model(f"models:/{name}/1")
    assert numpy.allclose(model.predict(FRAME), [2, 4, 6])
    assert model.input_example.equals(FRAME[:1])
    with pytest.raises(mlflow.MlflowException, match="schema|missing"):
        model.predict(pandas.DataFrame({"unknown": [1.0]}))


def test_a_logged_model_tells_where_it_is_registered(client, registered, name):
    mlflow.register_model(f"models:/{registered[0].model_id}", name + "-also")
    told = json.loads(client.get_logged_model(registered[0].model_id).tags["mlflow.modelVersions"])
    assert {(one["name"], str(one["version"])) for one in told} == {(name, "1"), (name + "-also", "1")}


def test_versions_are_searched_by_run_and_source(client, registered, name):
    for condition in (f"run_id = '{registered[1].run_id}'", f"source_path = 'models:/{registered[1].model_id}'"):
        found = client.search_model_versions(condition)
        assert [(version.name, str(version.version)) for version in found] == [(name, "2")], condition


def test_an_autologged_model_is_registered(client, experiment, name):
    mlflow.sklearn.autolog(registered_model_name=name, log_datasets=False, silent=True)
    with mlflow.start_run() as run:
        LinearRegression().fit(FRAME, [2.0, 4.0, 6.0])
    version = client.get_model_version(name, "1")
    assert (version.run_id, version.status) == (run.info.run_id, "READY")
    assert numpy.allclose(mlflow.sklearn.load_model(f"models:/{name}/1").predict(FRAME), [2, 4, 6])


def test_what_is_not_there_does_not_load(registered, name):
    for reference in ("/9", "@nobody", "/Production", "-absent/1", "-absent/latest"):
        with pytest.raises(mlflow.MlflowException):
            mlflow.pyfunc.load_model(f"models:/{name}{reference}")


def test_an_unknown_logged_model_makes_no_version(client, experiment, name):
    with pytest.raises(mlflow.MlflowException):
        mlflow.register_model("models:/m-" + "0" * 32, name)
    assert client.search_model_versions(f"name = '{name}'") == []
