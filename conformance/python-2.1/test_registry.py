import mlflow
import numpy
import pytest


def error_code(function, *arguments):
    with pytest.raises(mlflow.MlflowException) as refusal:
        function(*arguments)
    return refusal.value.error_code


class Twice(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input):
        return model_input * 2


def outcome(uri):
    return mlflow.pyfunc.load_model(uri).predict(numpy.array([1, 2])).tolist()


def test_a_logged_model_is_registered_staged_and_loaded(client, experiment, name):
    for _ in range(2):
        with mlflow.start_run() as run:
            mlflow.pyfunc.log_model(
                "twice", python_model=Twice(), registered_model_name=name, pip_requirements=["numpy"]
            )
    version = client.get_model_version(name, "2")
    assert (version.run_id, version.status, version.current_stage) == (run.info.run_id, "READY", "None")
    assert version.source.endswith("/twice")
    client.transition_model_version_stage(name, "1", "Production")
    client.transition_model_version_stage(name, "2", "production", archive_existing_versions=True)
    assert [client.get_model_version(name, number).current_stage for number in "12"] == ["Archived", "Production"]
    for reference in ("1", "Production", "latest"):
        assert outcome(f"models:/{name}/{reference}") == [2, 4], reference


def test_a_run_is_registered(client, experiment, name):
    with mlflow.start_run() as run:
        mlflow.pyfunc.log_model("twice", python_model=Twice(), pip_requirements=["numpy"])
    version = mlflow.register_model(f"runs:/{run.info.run_id}/twice", name, tags={"k": "v"})
    assert (str(version.version), version.run_id) == ("1", run.info.run_id)
    assert client.get_model_version(name, "1").tags == {"k": "v"}
    folder = mlflow.artifacts.download_artifacts(f"models:/{name}/1")
    with open(f"{folder}/MLmodel") as file:
        assert run.info.run_id in file.read()


def test_models_and_versions_are_described_tagged_renamed_and_deleted(client, name, add_version):
    client.create_registered_model(name, tags={"team": "blue"}, description="words")
    assert error_code(client.create_registered_model, name) == "RESOURCE_ALREADY_EXISTS"
    add_version(name, tags={"kept": "1", "gone": "2"}, description="first")
    client.update_registered_model(name, "other words")
    client.set_registered_model_tag(name, "size", "small")
    client.delete_registered_model_tag(name, "team")
    client.update_model_version(name, "1", "the first")
    client.set_model_version_tag(name, "1", "kept", "new")
    client.delete_model_version_tag(name, "1", "gone")
    client.rename_registered_model(name, name + "-new")
    assert error_code(client.get_registered_model, name) == "RESOURCE_DOES_NOT_EXIST"
    model, version = client.get_registered_model(name + "-new"), client.get_model_version(name + "-new", "1")
    assert (model.description, model.tags) == ("other words", {"size": "small"})
    assert (version.description, version.tags) == ("the first", {"kept": "new"})
    assert client.get_model_version_download_uri(name + "-new", "1") == version.source
    client.delete_model_version(name + "-new", "1")
    assert error_code(client.get_model_version, name + "-new", "1") == "RESOURCE_DOES_NOT_EXIST"
    client.delete_registered_model(name + "-new")
    assert error_code(client.get_registered_model, name + "-new") == "RESOURCE_DOES_NOT_EXIST"


def test_latest_versions(client, name, add_version):
    client.create_registered_model(name)
    for _ in range(3):
        add_version(name)
    client.transition_model_version_stage(name, "1", "Staging")
    client.transition_model_version_stage(name, "2", "Staging")
    latest = {version.current_stage: str(version.version) for version in client.get_latest_versions(name)}
    assert latest == {"Staging": "2", "None": "3"}
    assert [str(version.version) for version in client.get_latest_versions(name, ["Staging"])] == ["2"]
    assert error_code(client.transition_model_version_stage, name, "1", "Nowhere") == "INVALID_PARAMETER_VALUE"


def test_models_and_versions_are_searched_in_pages(client, name, add_version):
    for i in range(5):
        client.create_registered_model(f"{name}-{i}")
    pages, token = [], None
    while True:
        page = client.search_registered_models(f"name LIKE '{name}-%'", 2, ["name DESC"], token)
        pages += [model.name[-1] for model in page]
        token = page.token
        if not token:
            break
    assert pages == list("43210")
    versions = [add_version(f"{name}-0") for _ in range(2)]
    found = client.search_model_versions(f"name = '{name}-0'")
    assert sorted(str(version.version) for version in found) == ["1", "2"]
    assert [str(one.version) for one in client.search_model_versions(f"run_id = '{versions[1].run_id}'")] == ["2"]
    assert error_code(client.search_registered_models, "colour = 'x'") == "INVALID_PARAMETER_VALUE"
