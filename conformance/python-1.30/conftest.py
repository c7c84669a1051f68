import uuid
import warnings

import mlflow
import pytest
import requests

warnings.filterwarnings("ignore")


@pytest.fixture
def name():
    """A name that nothing on the server has yet."""
    return f"conformance-1-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def client():
    return mlflow.tracking.MlflowClient()


@pytest.fixture
def experiment(name):
    """The id of a new experiment, which the fluent API logs to; runs left open are closed afterwards."""
    yield mlflow.set_experiment(name).experiment_id
    while mlflow.active_run():
        mlflow.end_run()


@pytest.fixture
def trackway():
    """Skips what MLflow's own server has no longer: the registry's paths of MLflow 1, /api/2.0/preview/mlflow/…"""
    url = mlflow.get_tracking_uri()
    if "trackway_version" not in requests.get(f"{url}/api/3.0/mlflow/server-info", timeout=10).json():
        pytest.skip("only Trackway still serves the registry to MLflow 1")


@pytest.fixture
def error_code():
    """Calls what must be refused, and returns the error code."""

    def call(function, *arguments):
        with pytest.raises(mlflow.exceptions.MlflowException) as refusal:
            function(*arguments)
        return refusal.value.error_code

    return call
