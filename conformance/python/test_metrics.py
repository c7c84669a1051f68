import math

import mlflow
import pytest
from mlflow.entities import Metric, Param, RunTag


def history(client, run_id, key):
    return [(point.step, point.timestamp, point.value) for point in client.get_metric_history(run_id, key)]


def test_history_keeps_every_point_in_order_of_steps(client, experiment):
    run_id = client.create_run(experiment).info.run_id
    for step in (2, 0, 1):
        client.log_metric(run_id, "loss", step / 2, timestamp=1_700_000_000_000 + step, step=step)
    expected = [(step, 1_700_000_000_000 + step, step / 2) for step in range(3)]
    assert history(client, run_id, "loss") == expected
    assert client.get_run(run_id).data.metrics == {"loss": 1.0}


def test_the_latest_value_is_of_the_highest_step_then_time_then_value(client, experiment):
    run_id = client.create_run(experiment).info.run_id
    for value, timestamp, step in ((9, 50, 1), (1, 10, 2), (2, 20, 2), (3, 20, 2), (8, 15, 2), (7, 99, -5)):
        client.log_metric(run_id, "m", value, timestamp=timestamp, step=step)
    assert client.get_run(run_id).data.metrics["m"] == 3


def test_a_repeated_point_is_kept_once(client, experiment):
    run_id = client.create_run(experiment).info.run_id
    for _ in range(3):
        client.log_metric(run_id, "m", 1.5, timestamp=10, step=1)
    assert history(client, run_id, "m") == [(1, 10, 1.5)]


def test_odd_numbers_survive(client, experiment):
    run_id = client.create_run(experiment).info.run_id
    values = {"huge": 1e300, "tiny": 5e-324, "third": 1 / 3, "zero": 0.0, "negative": -2.5}
    for key, value in values.items():
        client.log_metric(run_id, key, value)
    client.log_metric(run_id, "nan", math.nan)
    client.log_metric(run_id, "inf", math.inf)
    client.log_metric(run_id, "-inf", -math.inf)
    read = client.get_run(run_id).data.metrics
    assert {key: read[key] for key in values} == values
    # MLflow stores the infinities as the largest finite doubles; Trackway keeps them.
    assert math.isnan(read["nan"]) and read["inf"] > 1e308 and read["-inf"] < -1e308
    assert math.isnan(client.get_metric_history(run_id, "nan")[0].value)


def test_a_metric_recovers_from_nan(client, experiment):
    run_id = client.create_run(experiment).info.run_id
    client.log_metric(run_id, "m", math.nan, step=0)
    client.log_metric(run_id, "m", 0.5, step=1)
    assert client.get_run(run_id).data.metrics["m"] == 0.5


def test_steps_and_times_above_2_53_are_exact(client, experiment):
    run_id = client.create_run(experiment).info.run_id
    client.log_metric(run_id, "m", 1, timestamp=2**53 + 1, step=2**53 + 3)
    assert history(client, run_id, "m") == [(2**53 + 3, 2**53 + 1, 1.0)]


def test_a_large_batch_and_a_history_of_many_pages(client, experiment):
    run_id = client.create_run(experiment).info.run_id
    for start in range(0, 30_000, 1000):
        points = [Metric("m", step * 0.5, 1_700_000_000_000 + step, step) for step in range(start, start + 1000)]
        client.log_batch(run_id, metrics=points)
    points = client.get_metric_history(run_id, "m")
    assert [point.step for point in points] == list(range(30_000))
    assert points[29_999].value == 14_999.5 and client.get_run(run_id).data.metrics["m"] == 14_999.5


def test_a_full_batch_of_each_kind(client, experiment):
    run_id = client.create_run(experiment).info.run_id
    client.log_batch(
        run_id,
        metrics=[Metric(f"metric {i}", i, 1, 0) for i in range(800)],
        params=[Param(f"param {i}", str(i)) for i in range(100)],
        tags=[RunTag(f"tag {i}", str(i)) for i in range(100)],
    )
    data = client.get_run(run_id).data
    assert len(data.metrics) == 800 and len(data.params) == 100 and data.metrics["metric 799"] == 799


def test_an_unknown_metric_has_no_history(client, experiment):
    run_id = client.create_run(experiment).info.run_id
    assert client.get_metric_history(run_id, "never logged") == []


def test_async_logging_arrives_whole(client, experiment):
    mlflow.config.enable_async_logging(True)
    with mlflow.start_run() as run:
        for step in range(200):
            mlflow.log_metric("m", step, step=step)
        mlflow.log_params({"a": 1, "b": 2})
        mlflow.set_tag("t", "v")
    mlflow.flush_async_logging()
    read = client.get_run(run.info.run_id)
    assert [point.step for point in client.get_metric_history(run.info.run_id, "m")] == list(range(200))
    assert read.data.params == {"a": "1", "b": "2"} and read.data.tags["t"] == "v"


def test_system_metrics_are_logged(client, experiment):
    pytest.importorskip("psutil")
    mlflow.set_system_metrics_sampling_interval(0.2)
    mlflow.set_system_metrics_samples_before_logging(1)
    with mlflow.start_run(log_system_metrics=True) as run:
        import time

        time.sleep(1.5)
    metrics = client.get_run(run.info.run_id).data.metrics
    assert metrics["system/cpu_utilization_percentage"] >= 0
    assert len(client.get_metric_history(run.info.run_id, "system/system_memory_usage_megabytes")) >= 2
