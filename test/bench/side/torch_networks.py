"""torchvision's networks as the benches use them: whole, split where the zoo's `shallow` cut is, and their loss."""
from torch import nn
from torch.nn.functional import cross_entropy

from torch_import import torchvision


def network(name, classes, size):
    options = {"num_classes": classes}
    if name == "inception_v3":
        # Below 299 px torchvision cannot train the auxiliary head; the zoo leaves it out there too.
        options.update(aux_logits=size >= 299, init_weights=False, transform_input=True)
    return getattr(torchvision.models, name)(**options)


def training_loss(outputs, labels):
    if hasattr(outputs, "aux_logits"):
        return cross_entropy(outputs.logits, labels) + 0.4 * cross_entropy(outputs.aux_logits, labels)
    return cross_entropy(outputs, labels)


def body(model, name):
    """Everything before the zoo's shallow cut, a callable."""
    if name == "alexnet":
        return nn.Sequential(model.features, model.avgpool, nn.Flatten(1), *model.classifier[:6])
    if name.startswith("vgg"):
        return nn.Sequential(model.features, model.avgpool, nn.Flatten(1), *model.classifier[:5])
    if name.startswith("squeezenet"):
        return model.features
    if name.startswith("resnet"):
        return nn.Sequential(*list(model.children())[:-1], nn.Flatten(1))
    if name.startswith("densenet"):
        return nn.Sequential(model.features, nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten(1))
    if name == "inception_v3":
        model.fc = nn.Identity()
        model.dropout = nn.Identity()
        return model
    raise ValueError(f"no cut is known for {name}")


def head(model, name):
    """From the zoo's shallow cut on."""
    if name == "alexnet":
        return model.classifier[6]
    if name.startswith("vgg"):
        return model.classifier[5:]
    if name.startswith("squeezenet"):
        return nn.Sequential(model.classifier, nn.Flatten(1))
    if name.startswith("resnet"):
        return model.fc
    if name.startswith("densenet"):
        return model.classifier
    if name == "inception_v3":
        return nn.Sequential(nn.Dropout(0.5), model.fc)
    raise ValueError(f"no cut is known for {name}")
