// Inspect reads deployment files with the parsers of the programs that they are written for, and tells as JSON what
// those understand. A file that they would refuse, or warn of, is an error.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

const usage = `usage: inspect dockerfile FILE
       inspect context FOLDER IGNOREFILE
       inspect compose FILE ENVFILE`

func main() {
	told, err := inspect(os.Args[1:])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(told)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func inspect(args []string) (any, error) {
	switch {
	case len(args) == 2 && args[0] == "dockerfile":
		return dockerfile(args[1])
	case len(args) == 3 && args[0] == "context":
		return buildContext(args[1], args[2])
	case len(args) == 3 && args[0] == "compose":
		return compose(args[1], args[2])
	}
	return nil, fmt.Errorf("%s", usage)
}

type stage struct {
	Name         string        `json:"name"`
	Base         string        `json:"base"`
	Instructions []instruction `json:"instructions"`
}

type instruction struct {
	Name string `json:"name"`
	Line int    `json:"line"`
	Text string `json:"text"`
	// What COPY takes, and from which stage; '' for the context.
	Sources     []string `json:"sources,omitempty"`
	Destination string   `json:"destination,omitempty"`
	From        string   `json:"from,omitempty"`
	// The command of RUN, CMD, ENTRYPOINT and HEALTHCHECK: one line for a shell, or a program and its arguments.
	Shell   bool     `json:"shell,omitempty"`
	Command []string `json:"command,omitempty"`
	// What ENV and ARG set, and what USER, WORKDIR, STOPSIGNAL, EXPOSE and VOLUME name.
	Values map[string]string `json:"values,omitempty"`
	Value  string            `json:"value,omitempty"`
}

// The stages of a Dockerfile as BuildKit reads them; what its linter warns of is an error.
func dockerfile(path string) ([]stage, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	parsed, err := parser.Parse(bytes.NewReader(source))
	if err != nil {
		return nil, err
	}
	var warnings []string
	for _, warning := range parsed.Warnings {
		warnings = append(warnings, warning.Short)
	}
	lint := linter.New(&linter.Config{
		Warn: func(rule, description, url, message string, location []parser.Range) {
			warnings = append(warnings, fmt.Sprintf("%s: %s (line %d)", rule, message, location[0].Start.Line))
		},
	})
	stages, _, err := instructions.Parse(parsed.AST, lint)
	if err != nil {
		return nil, err
	}
	if len(warnings) > 0 {
		return nil, fmt.Errorf("%s: %s", path, strings.Join(warnings, "; "))
	}
	var told []stage
	for _, each := range stages {
		one := stage{Name: each.Name, Base: each.BaseName}
		for _, command := range each.Commands {
			one.Instructions = append(one.Instructions, describe(command))
		}
		told = append(told, one)
	}
	return told, nil
}

func describe(command instructions.Command) instruction {
	told := instruction{Name: strings.ToUpper(command.Name()), Text: fmt.Sprint(command)}
	if location := command.Location(); len(location) > 0 {
		told.Line = location[0].Start.Line
	}
	switch one := command.(type) {
	case *instructions.CopyCommand:
		told.Sources, told.Destination, told.From = one.SourcePaths, one.DestPath, one.From
	case *instructions.RunCommand:
		told.Shell, told.Command = one.PrependShell, one.CmdLine
	case *instructions.CmdCommand:
		told.Shell, told.Command = one.PrependShell, one.CmdLine
	case *instructions.EntrypointCommand:
		told.Shell, told.Command = one.PrependShell, one.CmdLine
	case *instructions.HealthCheckCommand:
		told.Shell, told.Command = one.Health.Test[0] == "CMD-SHELL", one.Health.Test[1:]
	case *instructions.EnvCommand:
		told.Values = map[string]string{}
		for _, pair := range one.Env {
			told.Values[pair.Key] = pair.Value
		}
	case *instructions.UserCommand:
		told.Value = one.User
	case *instructions.WorkdirCommand:
		told.Value = one.Path
	case *instructions.StopSignalCommand:
		told.Value = one.Signal
	case *instructions.ExposeCommand:
		told.Value = strings.Join(one.Ports, " ")
	case *instructions.VolumeCommand:
		told.Value = strings.Join(one.Volumes, " ")
	}
	return told
}

// The files below a folder that an image build gets to see.
func buildContext(folder, ignoreFile string) ([]string, error) {
	file, err := os.Open(ignoreFile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	patterns, err := ignorefile.ReadAll(file)
	if err != nil {
		return nil, err
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		return nil, err
	}
	files := []string{}
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == folder {
			return err
		}
		relative, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		ignored, err := matcher.MatchesOrParentMatches(relative)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if ignored && !wanted(relative, patterns) {
				return filepath.SkipDir
			}
			return nil
		}
		if !ignored {
			files = append(files, relative)
		}
		return nil
	})
	return files, err
}

// Whether an exception may name something below an ignored folder.
func wanted(folder string, patterns []string) bool {
	for _, pattern := range patterns {
		if exception, found := strings.CutPrefix(pattern, "!"); found && strings.HasPrefix(exception+"/", folder+"/") {
			return true
		}
	}
	return false
}

// The project that a compose file describes, filled in from an env file, as `docker compose config` tells it.
func compose(path, envFile string) (any, error) {
	options, err := cli.NewProjectOptions(
		[]string{path},
		cli.WithEnvFiles(envFile),
		cli.WithDotEnv,
		cli.WithInterpolation(true),
	)
	if err != nil {
		return nil, err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return nil, err
	}
	text, err := project.MarshalJSON()
	return json.RawMessage(text), err
}
