"""The short address in mails to agencies; personal links stand at the root (hiring/links.py: PERSONAL)."""

from django.urls import path

from sourcing.agencies import views

urlpatterns = [path("enter/<str:token>/", views.enter, name="agency_enter")]
