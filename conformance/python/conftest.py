import uuid
import warnings

import mlflow
import pytest
import requests

warnings.filterwarnings("ignore")


@pytest.fixture
def name():
    """A name that nothing on the server has yet."""
    return f"conformance-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def client():
    return mlflow.MlflowClient()


@pytest.fixture
def experiment(name):
    """The id of a new experiment, which the fluent API logs to; runs and switches left on are closed afterwards."""
    yield mlflow.set_experiment(name).experiment_id
    while mlflow.active_run():
        mlflow.end_run()
    mlflow.autolog(disable=True)
    mlflow.config.enable_async_logging(False)


@pytest.fixture
def add_version(client, experiment):
    """Registers a version from a run of its own that holds one small file; makes the model where there is none."""

    def add(model, **options):
        try:
            client.create_registered_model(model)
        except mlflow.MlflowException as problem:
            assert problem.error_code == "RESOURCE_ALREADY_EXISTS", problem
        run = client.create_run(experiment)
        client.log_text(run.info.run_id, model, "model/weights.txt")
        return client.create_model_version(model, f"{run.info.artifact_uri}/model", run.info.run_id, **options)

    return add


@pytest.fixture
def trackway():
    """Skips what MLflow's own server lacks; the address of one that has it."""
    url = mlflow.get_tracking_uri()
    if "trackway_version" not in requests.get(f"{url}/api/3.0/mlflow/server-info", timeout=10).json():
        pytest.skip("only Trackway has this")
    return url


@pytest.fixture
def refuses():
    """Calls what must be refused: checks the error code and returns the message."""

    def call(code, function, *arguments, **options):
        with pytest.raises(mlflow.MlflowException) as refusal:
            function(*arguments, **options)
        assert refusal.value.error_code == code, refusal.value
        return str(refusal.value)

    return call
