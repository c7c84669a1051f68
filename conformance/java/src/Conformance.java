import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.mlflow.api.proto.ModelRegistry.ModelVersion;
import org.mlflow.api.proto.ModelRegistry.RegisteredModel;
import org.mlflow.api.proto.Service.CreateExperiment;
import org.mlflow.api.proto.Service.CreateRun;
import org.mlflow.api.proto.Service.Experiment;
import org.mlflow.api.proto.Service.ExperimentTag;
import org.mlflow.api.proto.Service.FileInfo;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.RunTag;
import org.mlflow.api.proto.Service.ViewType;
import org.mlflow.tracking.ActiveRun;
import org.mlflow.tracking.ExperimentsPage;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowContext;
import org.mlflow.tracking.MlflowHttpException;
import org.mlflow.tracking.ModelVersionsPage;
import org.mlflow.tracking.RunsPage;

/** The official Java client against the server at MLFLOW_TRACKING_URI: a line `ok NAME` or `failed NAME: why` for each test. */
public final class Conformance {
  interface Body {
    void run() throws Exception;
  }

  static final MlflowClient client = new MlflowClient(System.getenv("MLFLOW_TRACKING_URI"));
  static final String name = "conformance-java-" + UUID.randomUUID();

  public static void main(String[] args) {
    String experiment = client.createExperiment(name);
    test("experiments read back, rename, delete and restore", () -> experiments());
    test("experiments are searched in pages", () -> experimentPages());
    test("a run reads back what was logged", () -> runs(experiment));
    test("metric histories keep odd values and large integers", () -> histories(experiment));
    test("a batch is stored whole", () -> batches(experiment));
    test("runs are filtered, ordered and paged", () -> search());
    test("the fluent context nests runs", () -> context(experiment));
    test("errors carry MLflow's codes and statuses", () -> errors(experiment));
    test("artifacts are listed, uploaded and downloaded", () -> artifacts(experiment));
    test("a registered model and its versions read back", () -> registry(experiment));
    test("the latest versions are those of each stage", () -> latestVersions(experiment));
    test("model versions are searched in pages", () -> modelVersionPages(experiment));
    test("a version's files are downloaded", () -> versionFiles(experiment));
    test("errors of the registry carry MLflow's codes and statuses", () -> registryErrors(experiment));
    client.close();
    System.exit(0);
  }

  static void test(String title, Body body) {
    try {
      body.run();
      System.out.println("ok " + title);
    } catch (Throwable problem) {
      System.out.println("failed " + title + ": " + String.valueOf(problem).replaceAll("\\s+", " "));
    }
  }

  static void experiments() {
    String id =
        client.createExperiment(
            CreateExperiment.newBuilder()
                .setName(name + "-tagged")
                .addTags(ExperimentTag.newBuilder().setKey("k").setValue("v"))
                .build());
    Experiment read = client.getExperiment(id);
    equal(read.getName(), name + "-tagged");
    equal(read.getTags(0).getValue(), "v");
    equal(client.getExperimentByName(name + "-absent").isPresent(), false);
    client.setExperimentTag(id, "k", "w");
    client.renameExperiment(id, name + "-renamed");
    client.deleteExperiment(id);
    equal(client.getExperiment(id).getLifecycleStage(), "deleted");
    client.restoreExperiment(id);
    read = client.getExperimentByName(name + "-renamed").get();
    equal(read.getExperimentId(), id);
    equal(read.getLifecycleStage(), "active");
    equal(read.getTags(0).getValue(), "w");
  }

  static void experimentPages() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) ids.add(client.createExperiment(name + "-page-" + i));
    String filter = "name LIKE '" + name + "-page-%'";
    List<String> found = new ArrayList<>();
    ExperimentsPage page = client.searchExperiments(filter, ViewType.ACTIVE_ONLY, 2, List.of("name ASC"));
    page.getItems().forEach(experiment -> found.add(experiment.getExperimentId()));
    while (page.hasNextPage()) {
      page = (ExperimentsPage) page.getNextPage();
      page.getItems().forEach(experiment -> found.add(experiment.getExperimentId()));
    }
    equal(found, ids);
  }

  static void runs(String experiment) {
    CreateRun request =
        CreateRun.newBuilder().setExperimentId(experiment).setStartTime(1_700_000_000_000L).setRunName("first").build();
    String id = client.createRun(request).getRunId();
    client.logParam(id, "lr", "0.1");
    client.logMetric(id, "accuracy", 0.5, 1_700_000_000_001L, 0);
    client.logMetric(id, "accuracy", 0.75, 1_700_000_000_002L, 1);
    client.setTag(id, "grüße", "ä/b c");
    client.setTag(id, "gone", "x");
    client.deleteTag(id, "gone");
    client.setTerminated(id, RunStatus.KILLED, 1_700_000_009_000L);
    Run run = client.getRun(id);
    equal(run.getInfo().getRunName(), "first");
    equal(run.getInfo().getStartTime(), 1_700_000_000_000L);
    equal(run.getInfo().getEndTime(), 1_700_000_009_000L);
    equal(run.getInfo().getStatus(), RunStatus.KILLED);
    equal(run.getData().getParams(0).getValue(), "0.1");
    equal(run.getData().getMetrics(0).getValue(), 0.75);
    Map<String, String> tags =
        run.getData().getTagsList().stream().collect(Collectors.toMap(RunTag::getKey, RunTag::getValue));
    equal(tags.get("grüße"), "ä/b c");
    equal(tags.containsKey("gone"), false);
    client.deleteRun(id);
    equal(client.getRun(id).getInfo().getLifecycleStage(), "deleted");
    client.restoreRun(id);
    equal(client.getRun(id).getInfo().getLifecycleStage(), "active");
  }

  static void histories(String experiment) {
    String id = newRun(experiment);
    for (int step = 0; step < 3; step++) client.logMetric(id, "loss", step, 10 + step, step);
    equal(client.getMetricHistory(id, "loss").stream().map(Metric::getStep).collect(Collectors.toList()), List.of(0L, 1L, 2L));
    client.logMetric(id, "nan", Double.NaN, (1L << 53) + 1, 1L << 40);
    Metric point = client.getMetricHistory(id, "nan").get(0);
    equal(Double.isNaN(point.getValue()), true);
    equal(point.getTimestamp(), (1L << 53) + 1);
    equal(point.getStep(), 1L << 40);
    client.logMetric(id, "infinite", Double.NEGATIVE_INFINITY);
    equal(client.getMetricHistory(id, "infinite").get(0).getValue() < -1e308, true);
  }

  static void batches(String experiment) {
    String id = newRun(experiment);
    List<Metric> points =
        IntStream.range(0, 800)
            .mapToObj(i -> Metric.newBuilder().setKey("m").setValue(i).setTimestamp(i + 1).setStep(i).build())
            .collect(Collectors.toList());
    List<Param> params =
        IntStream.range(0, 100)
            .mapToObj(i -> Param.newBuilder().setKey("p" + i).setValue("v" + i).build())
            .collect(Collectors.toList());
    client.logBatch(id, points, params, List.of(RunTag.newBuilder().setKey("t").setValue("u").build()));
    equal(client.getMetricHistory(id, "m").size(), 800);
    equal(client.getRun(id).getData().getParamsCount(), 100);
  }

  static void search() {
    String experiment = client.createExperiment(name + "-search");
    for (int i = 0; i < 6; i++) {
      CreateRun request = CreateRun.newBuilder().setExperimentId(experiment).setRunName("r" + i).build();
      String id = client.createRun(request).getRunId();
      client.logMetric(id, "m", i);
      client.logParam(id, "parity", i % 2 == 0 ? "even" : "odd");
    }
    String filter = "metrics.m > 0 and tags.`mlflow.runName` LIKE 'r%' and params.parity != 'none'";
    List<String> found = new ArrayList<>();
    RunsPage page = client.searchRuns(List.of(experiment), filter, ViewType.ACTIVE_ONLY, 2, List.of("metrics.m DESC"));
    page.getItems().forEach(run -> found.add(run.getInfo().getRunName()));
    while (page.hasNextPage()) {
      page = (RunsPage) page.getNextPage();
      page.getItems().forEach(run -> found.add(run.getInfo().getRunName()));
    }
    equal(found, List.of("r5", "r4", "r3", "r2", "r1"));
  }

  static void context(String experiment) {
    MlflowContext context = new MlflowContext(client).setExperimentName(name);
    ActiveRun parent = context.startRun("parent");
    ActiveRun child = context.startRun("child", parent.getId());
    child.logMetrics(Map.of("x", 1.0, "y", 2.0), 3);
    child.logParams(Map.of("a", "b"));
    child.setTags(Map.of("c", "d"));
    child.endRun();
    parent.endRun();
    String isChild = "tags.mlflow.parentRunId = '" + parent.getId() + "'";
    equal(client.searchRuns(List.of(experiment), isChild).size(), 1);
    equal(client.getRun(child.getId()).getData().getMetricsCount(), 2);
    equal(client.getRun(parent.getId()).getInfo().getStatus(), RunStatus.FINISHED);
  }

  static void errors(String experiment) throws Exception {
    String id = newRun(experiment);
    client.logParam(id, "lr", "0.1");
    refused(400, "INVALID_PARAMETER_VALUE", () -> client.logParam(id, "lr", "0.2"));
    refused(400, "INVALID_PARAMETER_VALUE", () -> client.searchRuns(List.of(experiment), "m === 1"));
    refused(400, "RESOURCE_ALREADY_EXISTS", () -> client.createExperiment(name));
    refused(404, "RESOURCE_DOES_NOT_EXIST", () -> client.getRun("0".repeat(32)));
    refused(404, "RESOURCE_DOES_NOT_EXIST", () -> client.getExperiment("999999999"));
    client.deleteRun(id);
    refused(400, "INVALID_PARAMETER_VALUE", () -> client.setTag(id, "k", "v"));
  }

  // The client hands transfers to the `mlflow` command of a Python installation on PATH.
  static void artifacts(String experiment) throws Exception {
    String id = newRun(experiment);
    Path folder = Files.createTempDirectory("conformance");
    Files.createDirectories(folder.resolve("tree/in"));
    Files.writeString(folder.resolve("a.txt"), "alpha");
    Files.writeString(folder.resolve("tree/in/b.txt"), "beta");
    client.logArtifact(id, folder.resolve("a.txt").toFile());
    client.logArtifacts(id, folder.resolve("tree").toFile(), "t");
    equal(client.listArtifacts(id).stream().map(FileInfo::getPath).collect(Collectors.toList()), List.of("a.txt", "t"));
    equal(client.listArtifacts(id, "t/in").get(0).getFileSize(), 4L);
    File copy = client.downloadArtifacts(id, "t/in/b.txt");
    equal(Files.readString(copy.toPath()), "beta");
  }

  static void registry(String experiment) {
    String model = newModel("read");
    ModelVersion made = newVersion(experiment, model);
    client.sendPost(
        "registered-models/set-tag", "{\"name\": \"" + model + "\", \"key\": \"team\", \"value\": \"blue\"}");
    client.sendPatch("registered-models/update", "{\"name\": \"" + model + "\", \"description\": \"größer\"}");
    client.sendPost("registered-models/alias", versionBody(model, 1, "\"alias\": \"champion\""));
    client.sendPost("model-versions/set-tag", versionBody(model, 1, "\"key\": \"k\", \"value\": \"v\""));
    RegisteredModel read = client.getRegisteredModel(model);
    equal(read.getName(), model);
    equal(read.getDescription(), "größer");
    equal(read.getTags(0).getValue(), "blue");
    equal(read.getLatestVersionsCount(), 1);
    equal(read.getCreationTimestamp() > 1_700_000_000_000L, true);
    ModelVersion version = client.getModelVersion(model, "1");
    equal(version.getSource(), made.getSource());
    equal(version.getRunId(), made.getRunId());
    equal(version.getCurrentStage(), "None");
    equal(version.getStatus().name(), "READY");
    equal(version.getTags(0).getValue(), "v");
    equal(version.getAliasesList(), List.of("champion"));
    equal(client.getModelVersionDownloadUri(model, "1"), made.getSource());
  }

  static void latestVersions(String experiment) {
    String model = newModel("latest");
    for (int i = 0; i < 3; i++) newVersion(experiment, model);
    for (int i = 1; i <= 2; i++) {
      client.sendPost(
          "model-versions/transition-stage",
          versionBody(model, i, "\"stage\": \"production\", \"archive_existing_versions\": " + (i == 2)));
    }
    equal(stages(client.getLatestVersions(model)), Map.of("Archived", "1", "Production", "2", "None", "3"));
    equal(stages(client.getLatestVersions(model, List.of("Production"))), Map.of("Production", "2"));
  }

  static Map<String, String> stages(List<ModelVersion> versions) {
    return versions.stream().collect(Collectors.toMap(ModelVersion::getCurrentStage, ModelVersion::getVersion));
  }

  static void modelVersionPages(String experiment) {
    String model = newModel("search");
    List<String> runs = new ArrayList<>();
    for (int i = 0; i < 5; i++) runs.add(newVersion(experiment, model).getRunId());
    List<String> found = new ArrayList<>();
    ModelVersionsPage page =
        client.searchModelVersions("name = '" + model + "'", 2, List.of("version_number DESC"));
    page.getItems().forEach(version -> found.add(version.getVersion()));
    while (page.hasNextPage()) {
      page = (ModelVersionsPage) page.getNextPage();
      page.getItems().forEach(version -> found.add(version.getVersion()));
    }
    equal(found, List.of("5", "4", "3", "2", "1"));
    equal(client.searchModelVersions("run_id = '" + runs.get(1) + "'").getItems().get(0).getVersion(), "2");
  }

  static void versionFiles(String experiment) throws Exception {
    String model = newModel("files");
    Path folder = Files.createTempDirectory("conformance");
    Files.writeString(folder.resolve("weights.txt"), "heavy");
    client.logArtifacts(newVersion(experiment, model).getRunId(), folder.toFile(), "model");
    client.sendPost("model-versions/transition-stage", versionBody(model, 1, "\"stage\": \"Production\""));
    equal(Files.readString(client.downloadModelVersion(model, "1").toPath().resolve("weights.txt")), "heavy");
    File latest = client.downloadLatestModelVersion(model, "Production");
    equal(Files.readString(latest.toPath().resolve("weights.txt")), "heavy");
  }

  static void registryErrors(String experiment) throws Exception {
    String model = newModel("errors");
    newVersion(experiment, model);
    refused(400, "RESOURCE_ALREADY_EXISTS", () -> newModel("errors"));
    refused(404, "RESOURCE_DOES_NOT_EXIST", () -> client.getRegisteredModel(model + "-absent"));
    refused(404, "RESOURCE_DOES_NOT_EXIST", () -> client.getModelVersion(model, "9"));
    refused(400, "INVALID_PARAMETER_VALUE", () -> client.getModelVersion(model, "first"));
    refused(400, "INVALID_PARAMETER_VALUE", () -> client.getLatestVersions(model, List.of("Nowhere")));
    refused(400, "INVALID_PARAMETER_VALUE", () -> client.searchModelVersions("colour = 'x'"));
    refused(400, "INVALID_PARAMETER_VALUE", () -> newModel("a/b"));
  }

  static String newModel(String suffix) {
    String model = name + "-" + suffix;
    client.sendPost("registered-models/create", "{\"name\": \"" + model + "\"}");
    return model;
  }

  /** The next version of a model, from a run of its own. */
  static ModelVersion newVersion(String experiment, String model) {
    String run = newRun(experiment);
    String source = client.getRun(run).getInfo().getArtifactUri() + "/model";
    client.sendPost(
        "model-versions/create",
        "{\"name\": \"" + model + "\", \"source\": \"" + source + "\", \"run_id\": \"" + run + "\"}");
    return client.searchModelVersions("run_id = '" + run + "'").getItems().get(0);
  }

  static String versionBody(String model, int version, String fields) {
    return "{\"name\": \"" + model + "\", \"version\": \"" + version + "\", " + fields + "}";
  }

  static String newRun(String experiment) {
    return client.createRun(experiment).getRunId();
  }

  static void equal(Object actual, Object expected) {
    if (!Objects.equals(actual, expected)) throw new AssertionError("<" + actual + "> is not <" + expected + ">");
  }

  static void refused(int status, String code, Body body) throws Exception {
    try {
      body.run();
    } catch (MlflowHttpException refusal) {
      equal(refusal.getStatusCode(), status);
      if (!refusal.getBodyMessage().contains(code)) throw new AssertionError("no " + code + " in " + refusal.getBodyMessage());
      return;
    }
    throw new AssertionError("not refused with " + code);
  }
}
