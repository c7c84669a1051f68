import mlflow
import numpy
import pytest

pytestmark = pytest.mark.usefixtures("trackway")


class Twice(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input):
        return model_input * 2


@pytest.fixture
def add_version(client, experiment):
    """Registers a version of a model that is there, from a run of its own."""

    def add(model):
        run = client.create_run(experiment)
        client.log_text(run.info.run_id, "w", "model/weights.txt")
        return client.create_model_version(model, f"{run.info.artifact_uri}/model", run.info.run_id)

    return add


def test_a_logged_model_is_registered_staged_and_loaded(client, experiment, name):
    with mlflow.start_run() as run:
        mlflow.pyfunc.log_model(
            "twice", python_model=Twice(), registered_model_name=name, pip_requirements=["numpy"]
        )
    version = client.get_model_version(name, "1")
    assert (version.run_id, version.status, version.current_stage) == (run.info.run_id, "READY", "None")
    client.transition_model_version_stage(name, "1", "Production")
    for reference in ("1", "Production"):
        model = mlflow.pyfunc.load_model(f"models:/{name}/{reference}")
        assert model.predict(numpy.array([1, 2])).tolist() == [2, 4], reference


def test_models_and_versions_are_described_tagged_renamed_and_deleted(client, name, add_version, error_code):
    client.create_registered_model(name, {"team": "blue"}, "words")
    assert error_code(client.create_registered_model, name) == "RESOURCE_ALREADY_EXISTS"
    version = add_version(name)
    client.update_registered_model(name, "other words")
    client.set_registered_model_tag(name, "size", "small")
    client.delete_registered_model_tag(name, "team")
    client.update_model_version(name, "1", "the first")
    client.set_model_version_tag(name, "1", "kept", "new")
    client.set_model_version_tag(name, "1", "gone", "x")
    client.delete_model_version_tag(name, "1", "gone")
    client.rename_registered_model(name, name + "-new")
    model, read = client.get_registered_model(name + "-new"), client.get_model_version(name + "-new", "1")
    assert (model.description, model.tags) == ("other words", {"size": "small"})
    assert (read.description, read.tags, read.run_id) == ("the first", {"kept": "new"}, version.run_id)
    assert client.get_model_version_download_uri(name + "-new", "1") == version.source
    client.delete_model_version(name + "-new", "1")
    assert error_code(client.get_model_version, name + "-new", "1") == "RESOURCE_DOES_NOT_EXIST"
    client.delete_registered_model(name + "-new")
    assert error_code(client.get_registered_model, name + "-new") == "RESOURCE_DOES_NOT_EXIST"


def test_stages_and_latest_versions(client, name, add_version, error_code):
    client.create_registered_model(name)
    for _ in range(3):
        add_version(name)
    client.transition_model_version_stage(name, "1", "Production")
    client.transition_model_version_stage(name, "2", "production", archive_existing_versions=True)
    latest = {version.current_stage: str(version.version) for version in client.get_latest_versions(name)}
    assert latest == {"Archived": "1", "Production": "2", "None": "3"}
    assert [str(version.version) for version in client.get_latest_versions(name, ["Production"])] == ["2"]
    assert error_code(client.transition_model_version_stage, name, "1", "Nowhere") == "INVALID_PARAMETER_VALUE"


def test_models_and_versions_are_searched_and_listed_in_pages(client, name, add_version):
    for i in range(3):
        client.create_registered_model(f"{name}-{i}")
    first = client.search_registered_models(f"name LIKE '{name}-%'", 2, ["name DESC"])
    second = client.search_registered_models(f"name LIKE '{name}-%'", 2, ["name DESC"], first.token)
    assert [model.name[-1] for model in [*first, *second]] == ["2", "1", "0"] and not second.token
    versions = [add_version(f"{name}-0") for _ in range(2)]
    found = client.search_model_versions(f"name = '{name}-0'")
    assert sorted(str(version.version) for version in found) == ["1", "2"]
    assert [str(one.version) for one in client.search_model_versions(f"run_id = '{versions[1].run_id}'")] == ["2"]

    listed, token = [], None
    while True:
        page = client.list_registered_models(2, token)
        listed += [model.name for model in page]
        token = page.token
        if not token:
            break
    assert {f"{name}-{i}" for i in range(3)} <= set(listed) and len(listed) == len(set(listed))
